"""Predicted against measured totals of the sequential orders that were run."""

from __future__ import annotations

import numpy as np

from curricula.stage import Schedule
from domains.example import Split
from experiments.analysis.intervals.estimates import estimate, within
from experiments.analysis.report_parts import Prediction, SeedInterval
from experiments.analysis.scores import RunScores
from scheduler.plan import Transfer
from scheduler.prediction.predict import predict


def predictions(scores: RunScores) -> tuple[Prediction, ...]:
    """One point per sequential order with a result; none without a transfer matrix."""
    transfer = scores.inputs.transfer
    if transfer is None:
        return ()
    sequences = [s for s in scores.inputs.schedules if s.order and s.composition == "sequential"]
    points = [_point(scores, transfer, schedule) for schedule in sequences]
    return tuple(point for point in points if point.validation.n or point.test.n)


def _point(scores: RunScores, transfer: Transfer, schedule: Schedule) -> Prediction:
    guess = predict(schedule.order, transfer.domains, np.array(transfer.base), np.array(transfer.shrunk))
    return Prediction(
        arm=schedule.name,
        order=schedule.order,
        predicted=float(sum(scores.weights[name] * value for name, value in zip(transfer.domains, guess, strict=True))),
        validation=_measured(scores, schedule.name, "validation"),
        test=_measured(scores, schedule.name, "test"),
    )


def _measured(scores: RunScores, arm: str, split: Split) -> SeedInterval:
    """The total over the seeds that finished."""
    return within(estimate(scores.by_seed(arm, split=split), scores, scores.weights))
