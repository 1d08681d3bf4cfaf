"""Arms that are an order, composed."""

from __future__ import annotations

from curricula.compositions import Ordered
from curricula.schema import Curriculum, OrderName
from curricula.stage import Probes, Role, Schedule
from scheduler.composing.compose import compose
from scheduler.measurements import Path
from scheduler.orderings import MEASURED, ORIGINS


def ordered_arm(
    curriculum: Curriculum, name: str, role: Role, ordering: OrderName, order: Path, way: Ordered
) -> Schedule:
    """An order that this ordering found, composed in this way."""
    return compose(
        order,
        way,
        curriculum,
        name=name,
        role=role,
        ordering=ordering,
        probes=behind(curriculum, ordering),
        origin=ORIGINS[ordering],
    )


def behind(curriculum: Curriculum, ordering: OrderName | None) -> Probes:
    """The probes that an arm rests on: for its order (None: it has none), and for what `leave_out: auto` leaves out."""
    spec = curriculum.schedule
    automatic = spec.leave_out == "auto" and spec.composition != "explicit"
    return "first" if automatic or ordering in MEASURED else "none"
