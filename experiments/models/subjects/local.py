"""A torch model in this process as a subject: batched generation and teacher-forced reading."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Self

import torch
from peft import PeftModel
from transformers import GenerationConfig, LogitsProcessorList, PreTrainedTokenizerBase, StoppingCriteriaList

from domains.calculator import Form
from domains.errors import StageError
from domains.example import Example
from experiments.models.checkpoints import LanguageModel, device_for
from experiments.models.generation.calculating import Calculating
from experiments.models.generation.generating import own_settings_away
from experiments.models.generation.logits import readings as readings_of
from experiments.models.generation.noise import GumbelNoise
from experiments.models.generation.stopping import StopTexts
from experiments.models.generation.surprisal import Surprisal
from experiments.models.subjects.subject import Completion, Reading, Request
from experiments.models.tokens.chat import Tokens
from experiments.models.tokens.prompting import (
    answer_tokens,
    completion_text,
    end_tokens,
    prompt_tokens,
    stops,
    until_stop,
)

NOT_FINITE = "the likelihood of a completion under the model is not finite"
Forward = Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]


@dataclass(frozen=True)
class LocalModel:
    """The model that is being examined, on its device, in evaluation mode. See `ReadableSubject`."""

    network: LanguageModel
    tokenizer: PreTrainedTokenizerBase
    batch: int
    """Sequences per forward pass; changes nothing but speed and memory."""
    adapted: bool = True
    """Whether the network's adapters, where it has some, are on while this one is asked."""

    @classmethod
    def placed(cls, network: LanguageModel, tokenizer: PreTrainedTokenizerBase, batch: int, gpus: float) -> Self:
        """The model, put where one with so many GPUs is and into evaluation mode."""
        return cls(network.to(device_for(gpus)).eval(), tokenizer, batch)

    def without_adapters(self) -> Self:
        """The model beneath the adapters, in the same memory; both may be asked by turns. ValueError where there are
        none: it would be compared with itself."""
        if not isinstance(self.network, PeftModel):
            raise ValueError("a model without adapters has no other beneath it")
        return replace(self, adapted=False)

    @property
    def device(self) -> torch.device:
        """Where inputs go."""
        return torch.device(next(self.network.parameters()).device)

    def answer(self, item: Example) -> Tokens:
        """See `ReadableSubject`."""
        return answer_tokens(self.tokenizer, item)

    def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """See `Subject`. Requests with and without noise, of other lengths or temperatures, are batched apart."""
        done: dict[int, Completion] = {}
        kinds: dict[tuple[int, float | None], list[int]] = {}
        for row, request in enumerate(requests):
            warmth = None if request.noise is None else request.temperature
            kinds.setdefault((request.max_tokens, warmth), []).append(row)
        prompts = [prompt_tokens(self.tokenizer, request.item, request.begun) for request in requests]
        for (max_tokens, warmth), kind in kinds.items():
            with _settings(self, max_tokens) as settings:
                for batch in batches([prompts[row] for row in kind], self.batch):
                    rows = [kind[at] for at in batch]
                    seeds = [seed for row in rows if (seed := requests[row].noise) is not None]
                    noise = [GumbelNoise(seeds, warmth, self.device)] if warmth is not None else []
                    ends, forms = [requests[row].stop for row in rows], [requests[row].calculator for row in rows]
                    said = self._generate([prompts[row] for row in rows], noise, ends, forms, settings)
                    done |= dict(zip(rows, said, strict=True))
        return [done[row] for row in range(len(requests))]

    def read(
        self, items: Sequence[Example], answers: Sequence[Tokens], begun: Sequence[str] | None = None
    ) -> list[Reading]:
        """See `ReadableSubject`."""
        found: dict[int, Reading] = {}
        for rows, logits, targets, mask in self.forward(items, answers, begun):
            surprisals, spreads = readings_of(logits, targets)
            # Before the next ones are made: two batches' logits need not fit at once.
            del logits
            sums = ((surprisals * mask).sum(-1).tolist(), (spreads * mask).sum(-1).tolist())
            for row, surprisal, spread in zip(rows, *sums, strict=True):
                found[row] = Reading(surprisal, spread, len(answers[row]))
        readings = [found[row] for row in range(len(answers))]
        if not all(math.isfinite(one.nll) and math.isfinite(one.entropy) for one in readings):
            raise StageError("evaluation", NOT_FINITE)
        return readings

    def forward(
        self, items: Sequence[Example], answers: Sequence[Tokens], begun: Sequence[str] | None = None
    ) -> Forward:
        """Batches of (rows, logits (rows, T, vocabulary), targets (rows, T), mask (rows, T)).

        Teacher-forced, in the model's type. Completions end in the last column; T is the batch's longest.
        """
        starts = [""] * len(items) if begun is None else begun
        asked = [prompt_tokens(self.tokenizer, item, start) for item, start in zip(items, starts, strict=True)]
        whole = [[*prompt, *answer] for prompt, answer in zip(asked, answers, strict=True)]
        for rows in batches(whole, self.batch):
            inputs = left_pad([whole[row] for row in rows], self)
            longest = max(len(answers[row]) for row in rows)
            positions = (inputs["attention_mask"].cumsum(-1) - 1).clamp(min=0)
            with self._asked():
                logits = self.network(
                    **inputs, position_ids=positions, use_cache=False, logits_to_keep=longest + 1
                ).logits
            lengths = torch.tensor([len(answers[row]) for row in rows], device=logits.device)
            columns = torch.arange(longest, device=logits.device)
            mask = columns.unsqueeze(0) >= longest - lengths.unsqueeze(1)
            made = rows, logits[:, :-1], inputs["input_ids"][:, -longest:], mask
            del logits
            yield made
            del made

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Around every pass through the network, and no more: others ask it between two of them."""
        off = isinstance(self.network, PeftModel) and not self.adapted
        with self.network.disable_adapter() if off else nullcontext(), torch.inference_mode():
            yield

    def _generate(
        self,
        prompts: Sequence[Tokens],
        noise: list[GumbelNoise],
        stop: Sequence[tuple[str, ...]],
        forms: Sequence[Form | None],
        settings: GenerationConfig,
    ) -> list[Completion]:
        inputs = left_pad(prompts, self)
        begin, surprisal = inputs["input_ids"].shape[1], Surprisal()
        # Last: what it writes is written, whatever the noise.
        tools = [Calculating(self.tokenizer, forms, begin)] if any(forms) else []
        with self._asked():
            output = self.network.generate(
                **inputs,
                generation_config=settings,
                logits_processor=LogitsProcessorList([surprisal, *noise, *tools]),
                stopping_criteria=StoppingCriteriaList([StopTexts(self.tokenizer, stop, begin)] if any(stop) else []),
            )
            noted = surprisal.of(output)
        rows = zip(output[:, begin:].tolist(), noted, stop, strict=True)
        return [self._completion(tokens, nlls, settings.eos_token_id, texts) for tokens, nlls, texts in rows]

    def _completion(self, tokens: Tokens, nlls: list[float], ends: list[int], stop: tuple[str, ...]) -> Completion:
        at = next((position for position, token in enumerate(tokens) if token in ends), None)
        whole = tokens if at is None else tokens[: at + 1]
        kept = until_stop(self.tokenizer, whole, stop)
        ended = at is not None or stops(self.tokenizer, kept, stop)
        nll = sum(nlls[: len(kept)])
        if not math.isfinite(nll):
            raise StageError("evaluation", NOT_FINITE)
        return Completion(kept, completion_text(self.tokenizer, kept, stop), "stop" if ended else "length", nll)


def batches(sequences: Sequence[Tokens], size: int) -> Iterator[list[int]]:
    """Row numbers in batches of like length, so that little is padded."""
    order = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def left_pad(sequences: Sequence[Tokens], subject: LocalModel) -> dict[str, torch.Tensor]:
    """`input_ids` and `attention_mask`, both (rows, longest), sequences ending in the last column."""
    width = max(len(tokens) for tokens in sequences)
    pad = int(subject.tokenizer.pad_token_id)
    ids = [[pad] * (width - len(tokens)) + list(tokens) for tokens in sequences]
    mask = [[0] * (width - len(tokens)) + [1] * len(tokens) for tokens in sequences]
    return {
        "input_ids": torch.tensor(ids, device=subject.device),
        "attention_mask": torch.tensor(mask, device=subject.device),
    }


@contextmanager
def _settings(subject: LocalModel, max_tokens: int) -> Iterator[GenerationConfig]:
    """Our settings alone: `generate` would fill gaps from the model's own (a chat model's top-p, say).

    Always the maximum: what is sampled has its noise added to the logits.
    """
    own = getattr(subject.network.generation_config, "eos_token_id", None)
    settings = GenerationConfig(
        max_new_tokens=max_tokens,
        pad_token_id=subject.tokenizer.pad_token_id,
        eos_token_id=end_tokens(subject.tokenizer, own),
        disable_compile=True,
        do_sample=False,
    )
    with own_settings_away(subject.network, settings):
        yield settings
