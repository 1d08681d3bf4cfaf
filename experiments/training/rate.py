"""The learning rate of every step of a stage, also of one that is but a part of a longer path."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch.optim.lr_scheduler import LambdaLR

from curricula.stage import Stage


def rate_schedule(
    optimizer: torch.optim.Optimizer,
    stage: Stage,
    updates: int = 1,
    changed: Callable[[Callable[[int], float]], Callable[[int], float]] = lambda given: given,
) -> LambdaLR:
    """What the trainer steps after every optimizer step, of which there are so many `updates` a step of the stage.

    `changed` makes another factor by update of the stage's own.
    """
    return LambdaLR(optimizer, changed(lambda update: factor(stage, update / updates)))


def factor(stage: Stage, step: float) -> float:
    """By what the peak learning rate is multiplied at a step of the stage, from 0: within [0, 1].

    As transformers' schedules are over `warmup_steps` and the whole path's length, of which the stage is `part`.
    """
    start, end = stage.part
    length = stage.training.steps / (end - start)
    at, warmup = start * length + step, stage.training.warmup(round(length))
    if at < warmup:
        return at / warmup
    left = max(0.0, (length - at) / max(1.0, length - warmup))
    if stage.training.lr_schedule == "linear":
        return left
    return 0.5 * (1 + math.cos(math.pi * (1 - left))) if stage.training.lr_schedule == "cosine" else 1.0
