"""The arms of adaptive mixing, as far as their rounds are known."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.merges import half_way
from scheduler.mixing.rounds import Rounds, complete, schedule_of


def mixing_arms(curriculum: Curriculum, found: Sequence[Rounds]) -> tuple[Schedule, ...]:
    """The arms, the schedule's own first; then that one half way back to the base, once all its rounds are chosen.

    An arm that waits for a round ends with it, so that it never passes for one that has spent its budget.
    """
    arms = tuple(schedule_of(curriculum, rounds) for rounds in found if rounds.proposals)
    main = next((rounds for rounds in found if rounds.rule == curriculum.main_rule), None)
    halved = curriculum.interpolates and main is not None and complete(curriculum, main)
    return (*arms, *((half_way(arms[0]),) if halved else ()))
