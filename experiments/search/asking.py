"""Which trial is worked on next: what a dead process left, then what is queued, then what leads with another seed, then
what the sampler proposes."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field

import optuna
from optuna.trial import TrialState as State

from curricula.schema import Curriculum
from curricula.search_checks import search_seeds
from scheduler.measurements import Measurements, Path
from scheduler.search.layout import Layout
from scheduler.search.standings import may_repeat, standings, to_repeat
from scheduler.search.trial_history import MIXTURES, REPEATS, RUNG


@dataclass(frozen=True)
class SearchTask:
    """What is to be searched, and for how long."""

    curriculum: Curriculum
    trials: int
    """Trials that the study shall hold in the end: finished, pruned and failed ones."""
    order: Path | None = None
    """For ``search.order: plan``."""
    seconds: float | None = None
    """After so long no trial begins; those under way are finished."""
    measured: Measurements | None = None
    """What the probes say, for adaptive mixing."""
    spent: frozenset[str] = frozenset()
    """Nodes that were run before the search; no trial is charged for them."""
    began: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.seconds is not None and time.monotonic() - self.began >= self.seconds


def next_trial(study: optuna.Study, task: SearchTask, mine: Collection[int]) -> tuple[optuna.Trial, int] | None:
    """Another trial than `mine`, which are under way, and how many stages it has reported; None: none shall begin.

    A running trial that is nobody's keeps its number and what it was asked so far, and goes on from there.
    """
    trials = study.get_trials(deepcopy=False)
    if task.over or sum(trial.state.is_finished() for trial in trials) + len(mine) >= task.trials:
        return None
    orphans = [trial for trial in trials if trial.state == State.RUNNING and trial.number not in mine]
    if not orphans:
        if not any(trial.state == State.WAITING for trial in trials):
            _queue_repeat(study, task, len(trials))
        return study.ask(), 0
    first = min(orphans, key=lambda trial: trial.number)
    return optuna.Trial(study, first._trial_id), max(first.intermediate_values, default=0)


def _queue_repeat(study: optuna.Study, task: SearchTask, begun: int) -> None:
    """Queue what leads with its next seed, where that is this trial's turn."""
    seeds = len(search_seeds(task.curriculum))
    if seeds < 2 or not may_repeat(seeds, begun, task.trials):
        return
    chosen = to_repeat(standings(study, Layout(task.curriculum, task.order)), seeds, begun, task.trials)
    if chosen is None:
        return
    attrs = study.get_trials(deepcopy=False)[chosen.first].user_attrs
    mixtures = {MIXTURES: attrs[MIXTURES]} if MIXTURES in attrs else {}
    rung = min(set(range(seeds)) - chosen.tried)
    study.enqueue_trial(chosen.params, user_attrs={RUNG: rung, REPEATS: chosen.first, **mixtures})
