"""What the plan advises, as an arm; and which candidates of the plan the arms of a run are."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Curriculum
from curricula.stage import Schedule
from scheduler.arms.known import Known, Made
from scheduler.composing.candidates import candidates
from scheduler.composing.compose import schedule_fingerprint
from scheduler.composing.joint import JOINT, is_plain_joint
from scheduler.plan import Plan

ADVISED = "advised"
"""The arm's name, fixed before anything is measured."""


def advised(known: Known, made: Made) -> Schedule | None:
    """The candidate that the plan advises. None where another arm is trained alike, unless `comparison.primary` names
    this one."""
    if known.advice is None or known.order is None:
        return None
    found = candidates(known.curriculum, known.order)[known.advice]
    primary = known.curriculum.comparison.primary
    named = primary is not None and ADVISED in (primary.arm, primary.baseline)
    if not named and schedule_fingerprint(found) in map(schedule_fingerprint, made.values()):
        return None
    origin = f"What the plan advises: {known.advice}."
    return found.model_copy(update={"name": ADVISED, "role": "composition", "probes": "first", "origin": origin})


def arms_by_candidate(curriculum: Curriculum, plan: Plan, arms: Sequence[Schedule]) -> dict[str, str]:
    """Candidate → the first arm that trains it, of those that any trains; plain joint training is `joint` also where
    its budget is rounded otherwise."""
    if plan.mixing is None:
        return {}
    names = {schedule_fingerprint(arm): arm.name for arm in reversed(arms)}
    made = candidates(curriculum, plan.order)
    found = {name: names[mark] for name, one in made.items() if (mark := schedule_fingerprint(one)) in names}
    plain = [(JOINT, arm.name) for arm in arms if is_plain_joint(arm)]
    return {**dict(plain[:1]), **found}
