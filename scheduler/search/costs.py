"""What it costs to train a schedule and to read it off after each stage (scheduler/composing/rate_path.py)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from curricula.stage import RateName
from scheduler.composing.draft import Draft
from scheduler.composing.rate_path import falls
from scheduler.measurements import Array


def with_readings(
    cost: Array, schedules: Sequence[Sequence[Draft]], rates: Sequence[RateName], spans: Sequence[int], anneal: float
) -> Array:
    """(schedules, stages, 2): see `Points`. `cost` (schedules, stages): completions of the stages themselves; `spans`:
    steps of the whole that each schedule is, or is the beginning of."""
    found = np.stack([cost, np.zeros_like(cost)], axis=2)
    for row, stages, rate, span in zip(found, schedules, rates, spans, strict=True):
        if rate != "per_stage" and stages:
            steps = [stage.steps for stage in stages]
            beside = falls(rate, anneal, steps, span)
            # On a trunk the fall is the stage's own end, and going on takes the same steps at the peak rate.
            row[: len(stages), int(rate == "trunk")] += row[: len(stages), 0] / steps * beside
            row[len(stages) - 1, 1] = 0.0
    return found


def of_beginnings(cost: Array) -> Array:
    """(1 + stages, stages, 2) of one schedule's (stages, 2): of the base model and after each stage."""
    stages = len(cost)
    read = np.tri(stages + 1, stages, -1, dtype=bool)
    passed = np.tri(stages + 1, stages, -2, dtype=bool)
    return np.where(np.stack([read, passed], axis=2), cost, 0.0)
