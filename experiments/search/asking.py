"""Which trial is worked on next: what a dead process left, then what is queued, then what the sampler proposes."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field

import optuna
from optuna.trial import TrialState as State

from curricula.schema import Curriculum
from scheduler.measurements import Path


@dataclass(frozen=True)
class Task:
    """What is to be searched, and for how long."""

    curriculum: Curriculum
    trials: int
    """Trials that the study shall hold in the end: finished, pruned and failed ones."""
    order: Path | None = None
    """For ``search.order: plan``."""
    seconds: float | None = None
    """After so long no trial begins; those under way are finished."""
    spent: frozenset[str] = frozenset()
    """Nodes that were run before the search; no trial is charged for them."""
    began: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.seconds is not None and time.monotonic() - self.began >= self.seconds


def next_trial(study: optuna.Study, task: Task, mine: Collection[int]) -> tuple[optuna.Trial, int] | None:
    """Another trial than `mine`, which are under way, and how many stages it has reported; None: none shall begin.

    A running trial that is nobody's keeps its number and what it was asked so far, and goes on from there.
    """
    trials = study.get_trials(deepcopy=False)
    if task.over or sum(trial.state.is_finished() for trial in trials) + len(mine) >= task.trials:
        return None
    orphans = [trial for trial in trials if trial.state == State.RUNNING and trial.number not in mine]
    if not orphans:
        return study.ask(), 0
    first = min(orphans, key=lambda trial: trial.number)
    return optuna.Trial(study, first._trial_id), max(first.intermediate_values, default=0)
