"""Predicted against measured totals of the sequential orders that were run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from curricula.stage import Schedule
from domains.example import Split
from experiments.report.model import Prediction
from experiments.report.scores import RunScores
from scheduler.plan import Transfer


def predictions(scores: RunScores) -> tuple[Prediction, ...]:
    """One point per sequential order with a result; none without a transfer matrix."""
    transfer = scores.inputs.transfer
    if transfer is None:
        return ()
    sequences = [s for s in scores.inputs.schedules if s.order and s.composition == "sequential"]
    points = [_point(scores, transfer, schedule) for schedule in sequences]
    return tuple(point for point in points if point.validation is not None or point.test is not None)


def predicted_scores(transfer: Transfer, order: Sequence[str]) -> dict[str, float]:
    """Domain → A_j + Σ B[i→j] over i trained after j; A_j is the score after the own stage, or the base's."""
    index = {name: position for position, name in enumerate(transfer.domains)}
    rank = {name: position for position, name in enumerate(order)}
    found = {}
    for name, column in index.items():
        own = transfer.mean[column][column] if name in rank else 0.0
        later = [other for other in order if rank[other] > rank.get(name, -1)]
        found[name] = transfer.base[column] + own + sum(transfer.mean[index[i]][column] for i in later)
    return found


def _point(scores: RunScores, transfer: Transfer, schedule: Schedule) -> Prediction:
    guess = predicted_scores(transfer, schedule.order)
    return Prediction(
        arm=schedule.name,
        order=schedule.order,
        predicted=sum(scores.weights[name] * guess[name] for name in transfer.domains),
        validation=_measured(scores, schedule.name, "validation"),
        test=_measured(scores, schedule.name, "test"),
    )


def _measured(scores: RunScores, arm: str, split: Split) -> float | None:
    """Mean total over the seeds that finished."""
    blocks = scores.by_seed(arm, split=split).values()
    totals = [sum(scores.weights[name] * float(items.mean()) for name, items in b.items()) for b in blocks]
    return float(np.mean(totals)) if totals else None
