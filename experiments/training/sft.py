"""Supervised fine-tuning: imitate the reference answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedTokenizerBase
from trl import SFTTrainer

from curricula.stage import Training
from experiments.models.checkpoints import LanguageModel
from experiments.models.tokens.prompting import taught_tokens
from experiments.training.draw import Drawn
from experiments.training.packed import check_apart, examples_in, own_tokens
from experiments.training.settings import passed, sft_settings
from experiments.training.sharding import InParts

IGNORED = -100
"""Label of a token that the loss leaves out."""


class TokenTrainer(InParts, SFTTrainer):  # type: ignore[misc]
    """TRL's trainer with its own loss."""


class SequenceTrainer(InParts, SFTTrainer):  # type: ignore[misc]
    """TRL's trainer with a loss that is the mean over sequences of each one's mean over its answer's tokens."""

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | None = None,
    ) -> Any:
        """TRL's: a sum over tokens by their number in the step. Tokens are weighted here so that sequences count alike.

        Every sequence has a token that counts, its end.
        """
        # Of the whole step: where several processes share it, each one's loss is averaged with the others'.
        sequences = examples_in(inputs) * self.current_gradient_accumulation_steps * self.accelerator.num_processes
        weighted = _Weighted(model, sequences, num_items_in_batch)
        return super().compute_loss(weighted, inputs, return_outputs, num_items_in_batch)


class _Weighted:
    """A model whose tokens' log-probabilities are scaled by (tokens of the step) / (its sequences × own tokens)."""

    def __init__(self, model: torch.nn.Module, sequences: int, tokens: torch.Tensor | None) -> None:
        self._model, self._sequences, self._tokens = model, sequences, tokens

    def __call__(self, **asked: Any) -> Any:
        outputs = self._model(**asked)
        own = own_tokens(outputs.label_mask, asked)
        tokens = outputs.label_mask.sum() if self._tokens is None else self._tokens
        outputs.log_probs = outputs.log_probs * (tokens / (self._sequences * own.clamp(min=1)))
        return outputs


def sft_trainer(
    network: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    training: Training,
    drawn: Sequence[Drawn],
    *,
    seed: int,
    device: torch.device,
    folder: str,
    **more: Any,
) -> SFTTrainer:
    """A trainer over `drawn` in the given order; the loss counts what is taught only: answers with their end."""
    rows = [tokenize(tokenizer, each) for each in drawn]
    own_loss = training.loss == "sequence" and "loss_type" not in passed(training)
    if passed(training).get("padding_free") and len(rows) > 1:
        check_apart(network, [row["input_ids"] for row in rows])
    trainer = SequenceTrainer if own_loss else TokenTrainer
    return trainer(
        model=network,
        args=sft_settings(training, seed=seed, device=device, folder=folder),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        **more,
    )


def tokenize(tokenizer: PreTrainedTokenizerBase, drawn: Drawn) -> dict[str, list[int]]:
    """`input_ids` and `labels` of one example. Prompt and answer are split as in generation."""
    lesson = taught_tokens(tokenizer, drawn.example)
    labels = [token if taught else IGNORED for token, taught in zip(lesson.tokens, lesson.taught, strict=True)]
    return {"input_ids": lesson.tokens, "labels": labels}
