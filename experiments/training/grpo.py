"""Group-relative policy optimisation: reinforce the model's own rollouts by the domains' rewards.

TRL's defaults are kept where the curriculum says nothing: advantages divided by the group's standard
deviation, clipping at 0.2; one optimizer step per generation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedTokenizerBase
from trl import GRPOConfig, GRPOTrainer

from curricula.stage import Training
from domains.rewards import Reward, score_group
from experiments.models.checkpoints import LanguageModel
from experiments.models.prompting import Tokens, prompt_tokens
from experiments.training.draw import Drawn
from experiments.training.settings import common_arguments, one_device

LOSSES = {"sequence": "grpo", "token": "dapo"}
"""The curriculum's words for a loss → TRL's."""


class PromptedTrainer(GRPOTrainer):  # type: ignore[misc]
    """TRL's trainer with our way from a prompt to tokens."""

    def _tokenize_prompts(self, prompts: list[str]) -> tuple[list[Tokens], None, dict[str, Any]]:
        """Ids of each prompt, no images, no other fields. Those of a group are equal and are tokenized once."""
        ids = {prompt: prompt_tokens(self.processing_class, prompt) for prompt in dict.fromkeys(prompts)}
        return [list(ids[prompt]) for prompt in prompts], None, {}


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
    stopped: Counter[str],
    reference: LanguageModel | None,
    **more: Any,
) -> GRPOTrainer:
    """A trainer over `drawn` in the given order; `max_tokens` is the longest completion, `stopped` is counted up.

    `reference` is what the KL penalty holds to; None: the model as it is now.
    """
    arguments = GRPOConfig(
        **common_arguments(training, seed=seed, device=device, folder=folder),
        per_device_train_batch_size=training.prompts * training.rollouts,
        num_generations=training.rollouts,
        num_iterations=1,
        max_completion_length=max_tokens,
        temperature=training.temperature,
        loss_type=LOSSES[training.loss],
        beta=training.kl,
        # Rollouts are drawn in training mode: with dropout they would come from another model than the one scored.
        disable_dropout=True,
    )
    one_device(arguments)
    rows = [{"prompt": each.example.prompt, "row": number} for number, each in enumerate(drawn)]
    trainer = PromptedTrainer(
        model=network,
        reward_funcs=group_rewards(drawn, rewards, training.rollouts, stopped),
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        **more,
    )
    if training.kl and reference is not None:
        _hold_to(trainer, reference)
    return trainer


def _hold_to(trainer: GRPOTrainer, reference: LanguageModel) -> None:
    """Put another model's weights in place of TRL's reference: a model, or of adapters a second set ("ref")."""
    if trainer.ref_model is not None:
        trainer.ref_model.load_state_dict(reference.state_dict())
        return
    for name, weight in reference.named_parameters():
        if ".default." in name:
            trainer.model.get_parameter(name.replace(".default.", ".ref.")).data.copy_(weight.data)


def group_rewards(
    drawn: Sequence[Drawn], rewards: Mapping[str, Reward], rollouts: int, stopped: Counter[str]
) -> Callable[..., list[float]]:
    """TRL's reward function: each run of `rollouts` completions of one prompt goes to its domain's reward.

    Counts in `stopped`, by domain, the completions on which a time limit struck.
    """

    def reward(completions: Sequence[str], row: Sequence[int], **_: Any) -> list[float]:
        scores: list[float] = []
        for start in range(0, len(completions), rollouts):
            group = completions[start : start + rollouts]
            each = drawn[row[start]]
            marks = score_group(each.domain, rewards[each.domain], group, each.example)
            scores += [mark.score for mark in marks]
            stopped[each.domain] += sum(mark.stopped for mark in marks)
        return scores

    return reward
