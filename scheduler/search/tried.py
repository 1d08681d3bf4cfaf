"""What a trial of a study stands for: the schedule that it trains, and with which seed."""

from __future__ import annotations

from optuna.trial import FrozenTrial, Trial

from curricula.schema import Curriculum
from curricula.search_checks import search_seeds
from curricula.stage import Schedule
from scheduler.composing.compose import schedule_of
from scheduler.measurements import Path
from scheduler.search.space import choice_of
from scheduler.search.trial_history import MIXTURES, RUNG


def seed_of_trial(trial: Trial | FrozenTrial, curriculum: Curriculum) -> int:
    """The seed that a trial is trained with."""
    return search_seeds(curriculum)[int(trial.user_attrs.get(RUNG, 0))]


def schedule_of_trial(
    trial: Trial | FrozenTrial, curriculum: Curriculum, order: Path | None, name: str = ""
) -> Schedule:
    """What a trial trains, of adaptive mixing as far as it was chosen; `order` is the plan's, for ``order: plan``.

    ValueError where the budget is too small.
    """
    choice = choice_of(trial.params, curriculum, order)
    return schedule_of(choice, curriculum, name, mixtures=trial.user_attrs.get(MIXTURES, ()))
