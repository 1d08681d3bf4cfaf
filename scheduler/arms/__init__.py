"""All schedules of a curriculum: which arms a run has (wanted.py), and what each is made of as that becomes known.

Arms whose stages coincide share their nodes. No two of a curriculum's schedules have the same name, whatever its
domains are called.
"""

from __future__ import annotations

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.arms.advised import ADVISED, arms_by_candidate
from scheduler.arms.known import advised_candidate, before, planned, supposed, unmeasured_input
from scheduler.arms.names import main_arm
from scheduler.arms.wanted import make_arms, wanted_arms
from scheduler.orderings import OrderingInput
from scheduler.plan import Plan

BASE_ARM = Schedule(name="base", role="base", stages=(), composition="explicit", origin="The model before any stage.")

__all__ = [
    "ADVISED",
    "BASE_ARM",
    "advised_candidate",
    "arm_names",
    "arms_by_candidate",
    "fixed_arms",
    "main_arm",
    "planned_arms",
    "supposed_arms",
    "unmeasured_input",
]


def arm_names(curriculum: Curriculum) -> tuple[str, ...]:
    """The names of all arms that a run will have, the schedule's own first: known before anything is measured."""
    return tuple(arm.name for arm in wanted_arms(curriculum))


def fixed_arms(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Arms that need no measurement; none at all with `leave_out: auto`.

    Adaptive mixing is never among them: scheduler/mixing/arms.py has it, as far as its rounds are known.
    """
    known = before(curriculum)
    return tuple(make_arms(known, {}).values()) if known else ()


def planned_arms(curriculum: Curriculum, plan: Plan, data: OrderingInput) -> tuple[Schedule, ...]:
    """Arms that rest on the plan or its probes; all of them leave out what it leaves out."""
    if curriculum.schedule.composition == "explicit":
        return ()
    fixed = {arm.name: arm for arm in fixed_arms(curriculum)}
    made = make_arms(planned(curriculum, plan, data), fixed)
    return tuple(arm for name, arm in made.items() if name not in fixed)


def supposed_arms(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Those that rest on probes, before there are any: as they are if domains are trained in the order in which they
    are written, and as many as the curriculum itself leaves in."""
    if curriculum.schedule.composition == "explicit":
        return ()
    fixed = {arm.name: arm for arm in fixed_arms(curriculum)}
    return tuple(arm for name, arm in make_arms(supposed(curriculum), fixed).items() if name not in fixed)
