"""Batched generation, greedy or at temperature 1, with nothing cut off the distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from transformers import GenerationConfig, PreTrainedTokenizerBase

from experiments.models.checkpoints import LanguageModel

Tokens = list[int]


@dataclass(frozen=True)
class Subject:
    """The model that is being examined, on its device, in evaluation mode."""

    network: LanguageModel
    tokenizer: PreTrainedTokenizerBase
    batch: int
    """Sequences per forward pass."""

    @property
    def device(self) -> torch.device:
        """Where inputs go."""
        return torch.device(next(self.network.parameters()).device)

    def prompt(self, text: str) -> Tokens:
        """Tokens of a prompt, with whatever the tokenizer puts before a text."""
        return list(self.tokenizer(text)["input_ids"])

    def answer(self, text: str) -> Tokens:
        """Tokens of a completion."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def text(self, tokens: Tokens) -> str:
        """Text of a completion, without special tokens."""
        return str(self.tokenizer.decode(tokens, skip_special_tokens=True))


def complete(subject: Subject, prompts: Sequence[Tokens], max_tokens: int, *, seed: int | None = None) -> list[Tokens]:
    """One completion a prompt, its end token included: greedy, or sampled at temperature 1 with `seed`."""
    if seed is not None:
        torch.manual_seed(seed)
    done: dict[int, Tokens] = {}
    with _settings(subject, max_tokens, sample=seed is not None) as settings:
        for rows in batches(prompts, subject.batch):
            inputs = left_pad([prompts[row] for row in rows], subject)
            with torch.inference_mode():
                output = subject.network.generate(**inputs, generation_config=settings)
            new = output[:, inputs["input_ids"].shape[1] :].tolist()
            done |= {row: _until_end(tokens, settings.eos_token_id) for row, tokens in zip(rows, new, strict=True)}
    return [done[row] for row in range(len(prompts))]


def batches(sequences: Sequence[Tokens], size: int) -> Iterator[list[int]]:
    """Row numbers in batches of like length, so that little is padded."""
    order = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def left_pad(sequences: Sequence[Tokens], subject: Subject) -> dict[str, torch.Tensor]:
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
def _settings(subject: Subject, max_tokens: int, *, sample: bool) -> Iterator[GenerationConfig]:
    """Our settings alone: `generate` would fill gaps from the model's own (a chat model's top-p, say)."""
    ends = getattr(subject.network.generation_config, "eos_token_id", None)
    ends = [ends] if isinstance(ends, int) else list(ends or [])
    chosen = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0} if sample else {"do_sample": False}
    settings = GenerationConfig(
        max_new_tokens=max_tokens,
        pad_token_id=subject.tokenizer.pad_token_id,
        eos_token_id=sorted({subject.tokenizer.eos_token_id, *ends}),
        disable_compile=True,
        **chosen,
    )
    before = subject.network.generation_config
    subject.network.generation_config = settings
    try:
        yield settings
    finally:
        subject.network.generation_config = before


def _until_end(tokens: Tokens, ends: list[int]) -> Tokens:
    for position, token in enumerate(tokens):
        if token in ends:
            return tokens[: position + 1]
    return tokens
