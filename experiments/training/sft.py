"""Supervised fine-tuning: imitate the reference answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from curricula.stage import Training
from experiments.models.checkpoints import LanguageModel
from experiments.models.prompting import prompt_tokens, taught_tokens
from experiments.training.draw import Drawn
from experiments.training.settings import common_arguments, one_device

IGNORED = -100
"""Label of a token that the loss leaves out."""


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
    """A trainer over `drawn` in the given order; the loss counts answers and their end token only."""
    arguments = SFTConfig(
        **common_arguments(training, seed=seed, device=device, folder=folder),
        per_device_train_batch_size=training.prompts,
        train_sampling_strategy="sequential",
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
    )
    one_device(arguments)
    rows = [tokenize(tokenizer, each) for each in drawn]
    return SFTTrainer(
        model=network,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        **more,
    )


def tokenize(tokenizer: PreTrainedTokenizerBase, drawn: Drawn) -> dict[str, list[int]]:
    """`input_ids` and `labels` of one example. Prompt and answer are split as in generation."""
    prompt = prompt_tokens(tokenizer, drawn.example.prompt)
    answer = taught_tokens(tokenizer, drawn.example.answer)
    return {"input_ids": prompt + answer, "labels": [IGNORED] * len(prompt) + answer}
