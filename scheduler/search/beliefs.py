"""What a study has shown so far, as the sampler and the pruner need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from optuna.trial import TrialState

from scheduler.measurements import Array
from scheduler.search.encoders import Encoder
from scheduler.search.points import Lineages, Points, stacked
from scheduler.search.surrogate import Surrogate, fit
from scheduler.search.trials import Told

LARGEST = 1e12
"""Values beyond are cut: their squares must stay finite."""


@dataclass(frozen=True)
class Beliefs:
    """Observations of schedules and beginnings, each counted once however many trials share it."""

    seen: Points | None
    values: Array
    pending: Points | None
    """Complete schedules that running trials will have trained."""
    trained: frozenset[int]
    """Numbers of the beginnings that were trained or are being trained."""
    settled: frozenset[int]
    """Numbers of the schedules that finished, were pruned or are running."""
    finals: tuple[float, ...]
    """Values of complete trials, by number."""

    @cached_property
    def surrogate(self) -> Surrogate | None:
        """None before anything was observed."""
        return None if self.seen is None else fit(self.seen, self.values)


def believe(trials: Sequence[Told], encoder: Encoder, lineages: Lineages) -> Beliefs:
    """Order of the trials matters only where one beginning was told several values: their mean counts."""
    encoded = encoder.encode([trial.params for trial in trials], lineages)
    rows: dict[int, Points] = {}
    observed: dict[int, list[float]] = {}
    trained: set[int] = set()
    for trial, points in zip(trials, encoded, strict=True):
        last = len(points)
        for depth, value in _values(trial, last, encoder.staged).items():
            number = int(points.number[depth - 1])
            rows.setdefault(number, points[depth - 1 : depth])
            observed.setdefault(number, []).append(float(np.clip(value, -LARGEST, LARGEST)))
        trained |= set(points.lineage[last - 1, : _reach(trial, last)].tolist())
    ends = [points[len(points) - 1 :] for points in encoded]
    running = [end for trial, end in zip(trials, ends, strict=True) if trial.state == TrialState.RUNNING]
    return Beliefs(
        seen=stacked(list(rows.values())) if rows else None,
        values=np.array([float(np.mean(values)) for values in observed.values()]),
        pending=stacked(running) if running else None,
        trained=frozenset(trained),
        settled=frozenset(
            int(end.number[0]) for trial, end in zip(trials, ends, strict=True) if trial.state != TrialState.FAIL
        ),
        finals=tuple(trial.final for trial in trials if trial.final is not None),
    )


def _values(trial: Told, last: int, staged: bool) -> dict[int, float]:
    """Values by number of stages."""
    found = {step: value for step, value in trial.reported.items() if staged and 1 <= step <= last}
    return found if trial.final is None else found | {last: trial.final}


def _reach(trial: Told, last: int) -> int:
    """How many stages the trial trained or will have trained."""
    if trial.state in (TrialState.COMPLETE, TrialState.RUNNING):
        return last
    return min(max(trial.reported, default=0), last)
