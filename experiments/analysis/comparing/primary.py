"""Which pair of arms a run is for: named in the curriculum, before anything is measured."""

from __future__ import annotations

from curricula.schema import Curriculum
from domains.errors import CurriculumError
from domains.suggest import did_you_mean
from experiments.analysis.scores import BASE, RANDOM
from scheduler.arms import arm_names, main_arm
from scheduler.composing.joint import JOINT

KEY = "comparison.primary"


def comparable(curriculum: Curriculum) -> tuple[str, ...]:
    """What may be compared: every arm that the run will have, the mean of the random orders, the base model."""
    drawn = curriculum.baselines.random_orders and curriculum.schedule.composition != "explicit"
    return (*arm_names(curriculum), *((RANDOM,) if drawn else ()), BASE)


def primary_pair(curriculum: Curriculum) -> tuple[str, str] | None:
    """(arm, baseline) as written; else the curriculum's own schedule against plain joint training, if that is there."""
    written = curriculum.comparison.primary
    if written is not None:
        return written.arm, written.baseline
    return (main_arm(curriculum), JOINT) if JOINT in arm_names(curriculum) else None


def check_primary(curriculum: Curriculum) -> None:
    """CurriculumError where the pair that is written names no arm of the run. Nothing needs to be planned for it."""
    written = curriculum.comparison.primary
    known = comparable(curriculum)
    for key, name in (("arm", written.arm), ("baseline", written.baseline)) if written else ():
        if name not in known:
            raise CurriculumError(
                "no arm of this run has this name",
                key=f"{KEY}.{key}",
                value=name,
                hint=did_you_mean(name, known, name="Its arms are", limit=30),
            )
