"""What a study's trials tell: values after stages, larger is better."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from scheduler.search.units import Space


@dataclass(frozen=True)
class Told:
    """One trial. `reported` holds finite values after stage 1, 2, …; `final` is that of a complete trial."""

    number: int
    params: dict[str, Any]
    reported: dict[int, float]
    final: float | None
    state: TrialState


def told(study: Study, space: Space, *, but: int = -1) -> list[Told]:
    """Trials over this space, by number, without number `but`. Minimised values are negated."""
    sign = -1.0 if study.direction == StudyDirection.MINIMIZE else 1.0
    trials = study.get_trials(deepcopy=False)
    return [
        told_by(trial, sign)
        for trial in trials
        if trial.number != but and trial.state != TrialState.WAITING and _fits(trial, space)
    ]


def _fits(trial: FrozenTrial, space: Space) -> bool:
    return all(trial.distributions.get(name) == one for name, one in space.items())


def told_by(trial: FrozenTrial, sign: float) -> Told:
    """What one trial tells; `sign` −1 where the study minimises."""
    final = trial.value if trial.state == TrialState.COMPLETE else None
    return Told(
        number=trial.number,
        params=trial.params,
        reported={step: sign * value for step, value in trial.intermediate_values.items() if math.isfinite(value)},
        final=sign * final if final is not None and math.isfinite(final) else None,
        state=trial.state,
    )
