"""Gradients that are added up over parts of a step are the step's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from curricula.stage import Stage, Training
from experiments.training.stage import Trained
from tests.experiments.training.test_training import POOLS, fresh, state, train
from tests.support.models import words

SFT = Training(method="sft", steps=3, prompts=8, learning_rate=1e-3)
GRPO = Training(method="grpo", steps=3, prompts=4, rollouts=4, learning_rate=1e-3)


def weights(training: Training, **more: Any) -> tuple[list[torch.Tensor], Trained]:
    network = fresh()
    trained = train(network, training.model_copy(update=more))
    return state(network), trained


def farthest(ones: list[torch.Tensor], others: list[torch.Tensor]) -> float:
    """The largest difference of any weight."""
    return max(float((a - b).abs().max()) for a, b in zip(ones, others, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["sequence", "token"])
@pytest.mark.parametrize("training", [SFT, GRPO], ids=["sft", "grpo"])
def test_the_weights_are_the_same_but_for_rounding(
    training: Training, loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers of very different lengths, so that a wrong normaliser would show."""
    monkeypatch.setitem(POOLS, "copy", (*words(20), *words(20, 10_000_000)))
    whole, before = weights(training, loss=loss)
    parts, after = weights(training, loss=loss, micro_batch=4)
    assert farthest(whole, state(fresh())) > 1e-3
    assert farthest(whole, parts) < 1e-5
    assert before.curve == pytest.approx(after.curve, abs=1e-4)
    assert (before.cost.tokens, before.cost.steps) == (after.cost.tokens, after.cost.steps)
    assert before.health == after.health or after.health is not None


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["sequence", "token"])
@pytest.mark.parametrize(
    "training", [SFT.model_copy(update={"prompts": 64}), GRPO.model_copy(update={"prompts": 16})], ids=["sft", "grpo"]
)
def test_a_step_of_64_in_one_piece_and_in_64_pieces(
    training: Training, loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(POOLS, "copy", (*words(20), *words(20, 10_000_000)))
    whole, _ = weights(training, loss=loss, micro_batch=64)
    parts, _ = weights(training, loss=loss, micro_batch=1)
    assert training.model_copy(update={"micro_batch": 64}).at_once == 64
    assert farthest(whole, state(fresh())) > 1e-3
    assert farthest(whole, parts) < 1e-5


@pytest.mark.parametrize(("size", "at_once"), [(None, 16), (16, 16), (100, 16), (15, 8), (3, 2), (1, 1)])
def test_a_micro_batch_divides_a_step(size: int | None, at_once: int) -> None:
    assert GRPO.model_copy(update={"micro_batch": size}).at_once == at_once


def test_no_identity_holds_it(tmp_path: Path) -> None:
    plain = Stage(mixture={"copy": 1.0}, training=SFT)
    small = Stage(mixture={"copy": 1.0}, training=SFT.model_copy(update={"micro_batch": 2}))
    assert plain.content == small.content == plain.model_dump(mode="json")
