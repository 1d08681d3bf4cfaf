"""What a study's trials tell: values and scores after stages, larger is better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, Trial, TrialState

from scheduler.measurements import Measurements
from scheduler.path_text import order_text
from scheduler.search.units import Space

MEASURED, RUNG, REPEATS, MIXTURES = "measured", "rung", "repeats", "mixtures"
"""Attributes of a study: rung → "a > b" → scores after these stages, trained as the curriculum says, "" for the base;
and of a trial: which of the search's seeds it is trained with, 0 where it is missing; the first trial of the same
schedule, of those that repeat it; and the mixtures of an adaptive one so far."""
ScoreByDomain = Mapping[str, float]
"""Domain → mean score."""
Mixtures = Sequence[Mapping[str, float]]
"""Of each round of adaptive mixing, as far as they are known: domain → share."""


@dataclass(frozen=True)
class TrialHistory:
    """One trial. `reported` holds finite values after stage 1, 2, …; `final` is that of a complete trial."""

    number: int
    params: dict[str, Any]
    reported: dict[int, float]
    scores: dict[int, ScoreByDomain]
    """After stage 1, 2, …: what `tell_scores` noted."""
    final: float | None
    state: TrialState
    rung: int = 0
    """Which of the search's seeds it is trained with."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Limit → by how much it was broken, 0 or less where it was kept: Optuna's constraints."""
    mixtures: Mixtures = ()

    @property
    def may_win(self) -> bool:
        """Whether it finished and broke no limit."""
        return self.final is not None and all(beyond <= 0 for beyond in self.limits.values())


def tell_scores(trial: Trial, stage: int, scores: ScoreByDomain) -> None:
    """Note the scores after stage number `stage` (from 1), before its value is reported.

    The sampler and the pruner need only the values; with the scores they see which domain gained and which lost.
    """
    trial.set_user_attr(_key(stage), dict(scores))


def tell_measured(study: Study, *measured: Measurements | None) -> None:
    """Note what was trained before the search, with each of the search's seeds in turn: those stages are known, and
    cost nothing. None: nothing was trained with that seed."""
    found = {
        str(rung): {
            order_text(path): dict(zip(one.domains, one.mean(path).tolist(), strict=True)) for path in one.scores
        }
        for rung, one in enumerate(measured)
        if one is not None
    }
    study.set_user_attr(MEASURED, found)


def histories(study: Study, trials: Sequence[FrozenTrial], space: Space, *, but: int = -1) -> list[TrialHistory]:
    """Those of the study's `trials` over this space, by number, without number `but`. Minimised values are negated."""
    return [
        history_of(trial, sign_of(study))
        for trial in trials
        if trial.number != but and trial.state != TrialState.WAITING and fits(trial, space)
    ]


def sign_of(study: Study) -> float:
    """−1 where the study minimises, else 1."""
    return -1.0 if study.direction == StudyDirection.MINIMIZE else 1.0


def history_of(trial: FrozenTrial, sign: float) -> TrialHistory:
    """What one trial tells. Scores are for those who maximise; `sign` −1 leaves them out."""
    final = trial.value if trial.state == TrialState.COMPLETE else None
    reported = {step: sign * value for step, value in trial.intermediate_values.items() if math.isfinite(value)}
    return TrialHistory(
        number=trial.number,
        params=trial.params,
        reported=reported,
        scores={step: trial.user_attrs[_key(step)] for step in reported if sign > 0 and _key(step) in trial.user_attrs},
        final=sign * final if final is not None and math.isfinite(final) else None,
        state=trial.state,
        rung=trial.user_attrs.get(RUNG, 0),
        limits=trial.constraints,
        mixtures=tuple(trial.user_attrs.get(MIXTURES, ())),
    )


def known_mixtures(trials: Sequence[TrialHistory]) -> Mixtures:
    """Those of the trial that chose most rounds, the first of such: what another one is expected to choose."""
    return max((trial.mixtures for trial in trials), key=len, default=())


def expected_mixtures(trials: Sequence[TrialHistory]) -> list[Mixtures]:
    """Of each trial: what it chose, and for rounds to come what is expected."""
    known = known_mixtures(trials)
    return [(*trial.mixtures, *known[len(trial.mixtures) :]) for trial in trials]


def fits(trial: FrozenTrial, space: Space) -> bool:
    """Whether the trial has every parameter of the space, with the same distribution."""
    return all(_same(trial.distributions.get(name), one) for name, one in space.items())


def _same(one: BaseDistribution | None, other: BaseDistribution) -> bool:
    # Optuna compares choices one by one, in Python: too slow for many choices in each of 200 trials.
    if isinstance(one, CategoricalDistribution) and isinstance(other, CategoricalDistribution):
        return one.choices == other.choices
    return one == other


def _key(stage: int) -> str:
    return f"scores_{stage}"
