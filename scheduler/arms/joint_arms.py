"""Joint training in its several forms, each as an arm at the schedule's budget or at what its name says."""

from __future__ import annotations

from curricula.stage import Schedule
from scheduler.arms.known import Known, Made
from scheduler.arms.ordered import behind
from scheduler.composing.joint import (
    JOINT,
    JOINT_PROBES,
    JOINT_WEIGHTED,
    at_budget,
    budget,
    joint,
    joint_tuned,
    lengths_by_effect,
    spent,
)
from scheduler.probing.probes import first_probes, groups_of


def plain(known: Known, made: Made) -> Schedule:
    """As people run it."""
    return joint(known.curriculum, known.main, JOINT, "All domains mixed at the same budget, as people run it.")


def at_factor(known: Known, made: Made, factor: float) -> Schedule:
    """At a multiple of the budget."""
    origin, total = f"All domains mixed, at {factor:g} × the budget.", round(budget(known.main) * factor)
    return joint(known.curriculum, known.main, at_budget(factor), origin, total=total)


def with_probes(known: Known, made: Made) -> Schedule:
    """Given the probes' budget too."""
    curriculum, origin = known.curriculum, "All domains mixed, given also the budget of the probes."
    total = budget(known.main) + spent(first_probes(curriculum))
    return joint(curriculum, known.main, JOINT_PROBES, origin, total=total)


def tuned(known: Known, made: Made) -> Schedule | None:
    """With the schedule's stages, once these are known, its decay, and without what it leaves out."""
    if not known.settled:
        return None
    origin = "Joint training with the schedule's freedoms: its stages, its decay, and what it leaves out."
    return joint_tuned(known.curriculum, known.main, known.left_out, origin, behind(known.curriculum, None))


def weighted(known: Known, made: Made) -> Schedule | None:
    """In shares that the probes speak for."""
    if known.data is None:
        return None
    data = known.data
    effects = dict(zip(data.domains, data.worth.tolist(), strict=True))
    probe = "its own probe, or its group's," if groups_of(known.curriculum) else "its own probe"
    origin = f"All domains mixed, each in proportion to what {probe} did to the total."
    found = joint(known.curriculum, known.main, JOINT_WEIGHTED, origin, lengths=lengths_by_effect(effects))
    return found.model_copy(update={"probes": "first"})
