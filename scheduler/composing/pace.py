"""How far a stage moves weights, by its learning rate: steps at half of a rate count as half as many.

That is the first order of what an optimizer does whose steps are as long as its rate, as Adam's are. Peaks of two
methods are not compared: imitation bears higher ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from curricula.stage import Method, Schedule, Stage
from scheduler.composing.rate_path import pieces


@dataclass(frozen=True)
class OwnProbe:
    """A domain's own probe, in which what others train of it is counted."""

    completions: int
    """Of its stage, without those by which it is read off."""
    method: Method
    learning_rate: float
    """The peak."""
    mean_rate: float
    """As a share of the peak, what it is read off after included: with a branch it may be more than 1."""

    @classmethod
    def of(cls, probe: Schedule) -> OwnProbe:
        """Of a schedule of one stage."""
        (stage,), (parts,) = probe.stages, pieces(probe)
        training, budget = stage.training, stage.rollout_budget
        mean = sum(mean_rate(piece) * (piece.rollout_budget / budget) for piece in parts)
        return cls(budget, training.method, training.learning_rate, mean)

    def amount(self, stage: Stage, share: float) -> float:
        """Of this domain, which has such a share of the stage's prompts; 1 is this probe."""
        training = stage.training
        rate = training.learning_rate / self.learning_rate if training.method == self.method else 1.0
        return share * stage.rollout_budget / self.completions * (mean_rate(stage) / self.mean_rate * rate)


def mean_rate(stage: Stage) -> float:
    """Of the learning rate over the stage, as a share of its peak: above 0, at most 1.

    As if the rate moved within steps too, so that stages of any length have the same. Trainers take a step's rate from
    its beginning: of n steps of a linear fall their mean is higher by half of an nth.
    """
    start, end = stage.part
    length = stage.training.steps / (end - start)
    warm = stage.training.warmup(round(length)) / length
    return (_area(stage, end, warm) - _area(stage, start, warm)) / (end - start)


def _area(stage: Stage, at: float, warm: float) -> float:
    """Under the rate, from its path's beginning to `at`, in shares of the peak and of the path."""
    if at <= warm:
        return at * at / (2 * warm) if warm else 0.0
    left = 1 - warm
    way = (at - warm) / left
    shape = stage.training.lr_schedule
    fallen = way * way / 2 if shape == "linear" else 0.0
    if shape == "cosine":
        fallen = way / 2 - math.sin(math.pi * way) / (2 * math.pi)
    return warm / 2 + left * (way - fallen)
