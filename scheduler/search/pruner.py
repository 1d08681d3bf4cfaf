"""Stops a trial that cannot win any more."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from statistics import fmean

import numpy as np
from optuna.pruners import BasePruner
from optuna.study import Study
from optuna.trial import FrozenTrial

from curricula.schema import Curriculum
from scheduler.measurements import Path
from scheduler.search.beliefs import believe
from scheduler.search.layout import Layout
from scheduler.search.points import Lineages
from scheduler.search.trial_history import (
    REPEATS,
    TrialHistory,
    expected_mixtures,
    fits,
    histories,
    history_of,
    sign_of,
)

SURE = 2.33
"""Deviations above the expected final value: a trial that would win is stopped at a stage with probability 1 %."""


class WinnerPruner(BasePruner):
    """Stops a trial after a stage when two bounds on its final value both lie below the best schedule that finished
    and broke no limit, by its mean over seeds.

    The first is `z` standard deviations above what the sampler's model of schedules expects; the deviation is
    widened by how much the model was surer of what it has seen than it should have been. The second knows no model:
    the value now plus the mean of what finished trials gained from this stage to their end. Nothing is stopped
    before `minimum` trials have finished, and no trial that tries a schedule again with another seed: it is there to
    tell merit from luck, which it could not if only lucky ones ended.
    """

    def __init__(self, curriculum: Curriculum, *, order: Path | None = None, z: float = SURE, minimum: int = 3) -> None:
        """`order`: the plan's, for ``search.order: plan``."""
        self._layout = Layout(curriculum, order)
        self._z, self._minimum = z, minimum

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether no more stages of this trial need be run. Trials of another space are never stopped."""
        if REPEATS in trial.user_attrs or not fits(trial, self._layout.space):
            return False
        others = histories(study, study.get_trials(deepcopy=False), self._layout.space, but=trial.number)
        mine = history_of(trial, sign_of(study))
        stage, stages = max(mine.reported, default=0), len(self._layout.stages(mine.params))
        finished = [one for one in others if one.final is not None]
        if not 0 < stage < stages or len(finished) < self._minimum:
            return False
        best = self._best(finished)
        if best is None:
            # Whatever keeps the limits wins over all of them.
            return False
        gain = self._gain(finished, stage, stages)
        if gain is None or mine.reported[stage] + gain >= best:
            return False
        return self._most(study, [*others, mine]) < best

    def _best(self, finished: Sequence[TrialHistory]) -> float | None:
        """The largest mean over its seeds of a schedule that broke no limit; None where all did."""
        values: dict[Hashable, list[float]] = {}
        for one in finished:
            if one.may_win and one.final is not None:
                values.setdefault(self._layout.schedule(one.params), []).append(one.final)
        return max((fmean(each) for each in values.values()), default=None)

    def _gain(self, finished: Sequence[TrialHistory], stage: int, stages: int) -> float | None:
        """Mean gain from the same share of the stages to the end; None where too few trials tell."""
        gains = []
        for one in finished:
            theirs = len(self._layout.stages(one.params))
            # Of the same length first of all; of another, the stage that is as far along.
            at = round(stage * theirs / stages)
            if one.final is not None and at < theirs and at in one.reported:
                gains.append(one.final - one.reported[at])
        return float(np.mean(gains)) if len(gains) >= self._minimum else None

    def _most(self, study: Study, trials: Sequence[TrialHistory]) -> float:
        """What the last of these trials may reach at most."""
        lineages = Lineages()
        beliefs = believe(study, trials, self._layout, lineages)
        if beliefs.model is None:
            return float("inf")
        mine, mixtures = trials[-1], expected_mixtures(trials)[-1:]
        end = self._layout.encode([mine.params], lineages, [mine.rung], mixtures)[0][-1:]
        mean, deviation = beliefs.model.at(end, cautious=True)
        return float(mean[0] + self._z * deviation[0])
