"""Group-relative policy optimisation: reinforce the model's own rollouts by the domains' rewards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from datasets import Dataset
from peft import set_peft_model_state_dict
from transformers import PreTrainedTokenizerBase, StoppingCriteriaList, set_seed
from trl import GRPOTrainer

from curricula.stage import Training
from domains.rewards import Mark, Reward, score_group
from experiments.measures.leverage import Scale, leverage
from experiments.models.checkpoints import LanguageModel, Reference
from experiments.models.generation.generating import own_settings_away
from experiments.models.generation.stopping import StopTexts
from experiments.models.tokens.chat import Tokens
from experiments.models.tokens.prompting import cut, end_tokens, prompt_tokens, until_stop
from experiments.training.draw import Drawn
from experiments.training.ranks import everyone
from experiments.training.settings import grpo_settings
from experiments.training.sharding import InParts, gathered
from experiments.training.tally import RolloutTally

FINEST = 2**16
"""Steps of a reward between 0 and 1."""


class PromptedTrainer(InParts, GRPOTrainer):  # type: ignore[misc]
    """TRL's trainer with our way from an item to tokens, and with texts at which a row's completion ends.

    What TRL takes for prompts are the rows' numbers in `drawn`, as text.
    """

    drawn: Sequence[Drawn]
    stop: Mapping[str, tuple[str, ...]]
    """Domain → texts."""

    def _tokenize_prompts(self, prompts: list[str]) -> tuple[list[Tokens], None, dict[str, Any]]:
        """Ids of each prompt, no images, no other fields. Those of a group are equal and are tokenized once."""
        rows = {row: self.drawn[int(row)] for row in dict.fromkeys(prompts)}
        ids = {row: prompt_tokens(self.processing_class, each.example) for row, each in rows.items()}
        self._texts = [self.stop[rows[row].domain] for row in prompts]
        return [list(ids[row]) for row in prompts], None, {}

    def _generate_single_turn(self, prompt_ids: list[Tokens], *more: Any, **named: Any) -> tuple[list[Tokens], Any]:
        """Completions of the prompts that were last tokenized, each through the token that completes its text; what is
        logged of them, if anything, is a number a token."""
        with ExitStack() as stack:
            # Of a model in parts: else each token would be waited for by all.
            stack.enter_context(gathered(self.model))
            stack.enter_context(own_settings_away(self.model))
            # Through adapters `generate` goes past the forward that the trainer wraps.
            stack.enter_context(self.accelerator.autocast())
            if any(self._texts):
                ends = StopTexts(self.processing_class, self._texts, max(map(len, prompt_ids)))
                stack.enter_context(_ending(self.model, ends))
            said, logs = super()._generate_single_turn(prompt_ids, *more, **named)
        pairs = zip(said, self._texts, strict=True)
        said = [until_stop(self.processing_class, tokens, texts) for tokens, texts in pairs]
        return said, logs and [numbers[: len(tokens)] for numbers, tokens in zip(logs, said, strict=True)]


@contextmanager
def _ending(network: LanguageModel, ends: StopTexts) -> Iterator[None]:
    """`generate` with a criterion of ours: TRL passes none on."""
    before = vars(network).get("generate")
    network.generate = partial(network.generate, stopping_criteria=StoppingCriteriaList([ends]))
    try:
        yield
    finally:
        del network.generate
        if before is not None:
            network.generate = before


def grpo_trainer(
    network: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    training: Training,
    drawn: Sequence[Drawn],
    *,
    rewards: Mapping[str, Reward],
    max_tokens: int,
    seed: int,
    device: torch.device,
    folder: str,
    tally: RolloutTally,
    stop: Mapping[str, tuple[str, ...]],
    reference: Reference | None,
    **more: Any,
) -> GRPOTrainer:
    """A trainer over `drawn` in the given order; `max_tokens` is the longest completion, `tally` counts them.

    `stop` are the texts by domain at which completions end. `reference` is what the KL penalty holds to, and
    what a KL budget is measured from; None: the model as it is now.
    """
    ends = end_tokens(tokenizer, network.generation_config.eos_token_id)
    arguments = grpo_settings(training, seed=seed, device=device, folder=folder, max_tokens=max_tokens, ends=ends)
    rows = [{"prompt": str(number), "row": number} for number in range(len(drawn))]
    trainer = PromptedTrainer(
        model=network,
        reward_funcs=group_rewards(drawn, rewards, training.rollouts, tally, stop, ends, arguments.scale_rewards),
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        **more,
    )
    trainer.drawn, trainer.stop, trainer.eos_token_ids = drawn, stop, ends
    if arguments.use_vllm:
        # vLLM in this process seeded everything by the process's number; by that all stages would share their noise.
        set_seed(seed + trainer.accelerator.process_index)
    if arguments.beta and (reference is not None or trainer.ref_model is not None):
        # TRL loads what the model's config names, which need not be what the model is now.
        _hold_to(trainer, network if reference is None else reference)
    return trainer


def _hold_to(trainer: GRPOTrainer, reference: Reference) -> None:
    """Put other weights in place of TRL's reference: a model's, or of adapters a second set ("ref")."""
    if isinstance(reference, Mapping):
        set_peft_model_state_dict(trainer.model, dict(reference), adapter_name="ref")
    else:
        trainer.ref_model.load_state_dict(reference.state_dict())


def coarse(score: float) -> float:
    """A score in sixteen bits after the point, so that float32 adds up a group of them exactly.

    TRL subtracts the group's mean. Of eight rewards of .01 that is not .01, and the rest, divided by a spread of
    nothing, would be an advantage of up to .0012: in a stage without other groups AdamW makes whole steps of it.
    """
    return round(score * FINEST) / FINEST


def group_rewards(
    drawn: Sequence[Drawn],
    rewards: Mapping[str, Reward],
    rollouts: int,
    tally: RolloutTally,
    stop: Mapping[str, tuple[str, ...]],
    ends: Sequence[int] = (),
    scale: Scale = "group",
) -> Callable[..., list[float]]:
    """TRL's reward function: each run of `rollouts` completions of one prompt goes to its domain's reward, cut
    before the first of the domain's texts in `stop`.

    Counts groups and completions in `tally`; one has ended if its last token is of `ends` or it holds one of the texts.
    `scale`: what TRL divides the advantages by that come of it.
    """

    def reward(
        completions: Sequence[str], row: Sequence[int], completion_ids: Sequence[Tokens] = (), **_: Any
    ) -> list[float]:
        groups: list[tuple[str, list[Mark], list[float]]] = []
        for start in range(0, len(completions), rollouts):
            each = drawn[row[start]]
            group = [cut(text, stop[each.domain]) for text in completions[start : start + rollouts]]
            marks = score_group(each.domain, rewards[each.domain], group, each.example)
            groups.append((each.domain, marks, [coarse(mark.score) for mark in marks]))
        scores = [score for _, _, group_scores in groups for score in group_scores]
        step = [score for part in everyone(scores) for score in part] if scale == "batch" else ()
        for domain, marks, group_scores in groups:
            tally.score(domain, marks, leverage(group_scores, scale, step))
        for tokens, text, number in zip(completion_ids, completions, row, strict=False):
            halted = any(one in text for one in stop[drawn[number].domain])
            tally.length(len(tokens), ended=halted or bool(tokens and tokens[-1] in ends))
        return scores

    return reward
