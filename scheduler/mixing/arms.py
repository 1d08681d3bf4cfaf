"""The arms of adaptive mixing, as far as their rounds are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.composing.merges import half_way
from scheduler.mixing.rounds import Rounds, complete, even_rounds, schedule_of
from scheduler.mixing.seen import Proposal


def mixing_arms(curriculum: Curriculum, found: Sequence[Rounds]) -> tuple[Schedule, ...]:
    """The arms, the schedule's own first; then that one half way back to the base, once all its rounds are chosen.

    In an arm that still waits, rounds that are not chosen yet stand as in joint training: it never passes for one that
    has spent its budget, and nobody trains it (`settled`).
    """
    arms = tuple(schedule_of(curriculum, _padded(curriculum, rounds)) for rounds in found)
    main = next((rounds for rounds in found if rounds.rule == curriculum.main_rule), None)
    halved = curriculum.interpolates and main is not None and complete(curriculum, main)
    return (*arms, *((half_way(arms[0]),) if halved else ()))


def settled(curriculum: Curriculum, found: Sequence[Rounds]) -> tuple[Rounds, ...]:
    """The arms whose rounds are all chosen."""
    return tuple(rounds for rounds in found if complete(curriculum, rounds))


def _padded(curriculum: Curriculum, rounds: Rounds) -> Rounds:
    (first, *_) = even_rounds(curriculum, rounds.choice)
    even = np.array([first.mixture.get(name, 0.0) for name in curriculum.domains])
    left = curriculum.schedule.adaptive.rounds - len(rounds.proposals)
    return replace(rounds, proposals=(*rounds.proposals, *([Proposal(even, even)] * left)))
