"""The learning rate of every step is that of transformers' schedules."""

from __future__ import annotations

import pytest
import torch
from transformers import get_scheduler

from curricula.stage import Stage, Training
from experiments.training.rate import factor, rate_schedule


@pytest.mark.parametrize("shape", ["constant", "linear", "cosine"])
@pytest.mark.parametrize("warmup", [0, 7])
def test_a_stage_of_its_own_moves_as_transformers_says(shape: str, warmup: int) -> None:
    training = Training(steps=40, lr_schedule=shape, warmup_steps=warmup)  # type: ignore[arg-type]
    stage = Stage(mixture={"a": 1.0}, training=training)
    name = "constant_with_warmup" if shape == "constant" else shape
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    theirs = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=40)
    for step in range(41):
        assert factor(stage, step) == pytest.approx(theirs.get_last_lr()[0] / 0.5, abs=1e-12)
        optimizer.step()
        theirs.step()


def test_the_optimizer_is_given_the_part_s_rate() -> None:
    stage = Stage(mixture={"a": 1.0}, training=Training(steps=10, learning_rate=0.5), part=(0.5, 1.0))
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    ours = rate_schedule(optimizer, stage)
    assert ours.get_last_lr() == [pytest.approx(0.25)]
    for _ in range(10):
        optimizer.step()
        ours.step()
    assert ours.get_last_lr() == [pytest.approx(0.0)]
