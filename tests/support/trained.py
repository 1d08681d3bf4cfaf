"""A tiny model that is trained by one stage, for tests of training."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch

from curricula.stage import Stage, Training
from domains.rewards import Mark, Reward
from experiments.models.checkpoints import LanguageModel, build_model
from experiments.models.seeding import seed_all
from experiments.models.tokens.tokenizer import character_tokenizer
from experiments.training.draw import draw
from experiments.training.stage import Trained, train_stage
from tests.support.models import TINY, words

POOLS = {"copy": words(40)}
CPU = torch.device("cpu")
BUILT = build_model(TINY)[0]
"""Never changed: making it again takes as long as some steps."""


def train(
    network: LanguageModel, training: Training, *, rewards: Mapping[str, Reward] | None = None, **more: Any
) -> Trained:
    tokenizer = character_tokenizer(TINY.context)
    drawn = draw({"copy": training.steps * training.prompts}, POOLS, "1", {})
    stage = Stage(mixture={"copy": 1.0}, training=training)
    seed_all(5, threads=1)
    rewards = rewards or {"copy": digits}
    more = {"beat": lambda *_: None, **more}
    return train_stage(network, tokenizer, stage, drawn, rewards=rewards, max_tokens=4, seed=5, device=CPU, **more)


def digits(group: Any, _: Any) -> list[Mark]:
    """Share of digits in each completion."""
    return [Mark(sum(letter.isdigit() for letter in text) / max(1, len(text)), text) for text in group]


def fresh() -> LanguageModel:
    return copy.deepcopy(BUILT)


def state(network: torch.nn.Module) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in network.parameters()]


def equal(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


SFT = Training(method="sft", steps=30, prompts=8, learning_rate=1e-2)
GRPO = Training(method="grpo", steps=12, prompts=4, rollouts=4, learning_rate=3e-3)
