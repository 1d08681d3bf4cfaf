"""Models that train nothing: rivals made of what the probes learnt, or half way back to the base; and the way back from
a stage's end to its start."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.merge import Merge, MergeMethod
from curricula.schema import Curriculum
from curricula.stage import Schedule, exactly

HALF = 0.5
DENSITY = 0.5
"""Share of every difference that `ties` and `dare` keep."""


def merge_name(method: MergeMethod) -> str:
    """Name of the merged probes."""
    return f"merge-{method}"


def half_name(name: str) -> str:
    """Name of an arm half way back to the base."""
    return f"{name}-half"


def merged(probes: Sequence[Schedule], method: MergeMethod) -> Schedule:
    """One model of all probes: the mean over domains of what their probe, or their group's, changed in the base; `ties`
    averages by its votes itself."""
    sizes = [len(probe.stages[0].mixture) for probe in probes]
    weights = [1.0 if method == "ties" else size / sum(sizes) for size in sizes]
    merge = Merge(method=method, weights=tuple(weights), density=1.0 if method == "linear" else DENSITY)
    of = "The domains' own probes" if sum(sizes) == len(sizes) else "The probes of groups and domains"
    origin = f"{of} merged into one model ({method}), without further training."
    return _arm(merge_name(method), merge, tuple(probes), origin)


def half_way(schedule: Schedule) -> Schedule:
    """A schedule's last model and the base, a half each."""
    origin = f"{schedule.name} half way back to the base model, without further training."
    return _arm(half_name(schedule.name), Merge(method="linear", weights=(HALF,)), (schedule,), origin)


def ways_back(curriculum: Curriculum, schedules: Sequence[Schedule], main: str) -> tuple[Schedule, ...]:
    """For every stage of the schedule named `main`, once it is known, the models on the straight way from the stage's
    start to its end, as `evaluation.way_back` asks for them: WiSE-FT's interpolation, towards the parent."""
    arm = next((one for one in schedules if one.name == main), None)
    stages = range(1, len(arm.stages) + 1) if arm else ()
    return tuple(_between(arm, stage, share) for stage in stages for share in curriculum.evaluation.way_back if arm)


def way_back_name(schedule: Schedule, stage: int, share: float) -> str:
    """Name of the model so far from a stage's start to its end."""
    return f"{schedule.name}, {exactly(share)} of stage {stage}"


def _between(schedule: Schedule, stage: int, share: float) -> Schedule:
    before, through = (_beginning(schedule, stages) for stages in (stage - 1, stage))
    # Base + Σ weights × differences from the base: of the parent and the child that is the line between them.
    weights, of = ((share,), (through,)) if stage == 1 else ((1 - share, share), (before, through))
    origin = f"{schedule.name}: {share:g} of what stage {stage} changed, without further training."
    return _arm(way_back_name(schedule, stage, share), Merge(method="linear", weights=weights), of, origin)


def _beginning(schedule: Schedule, stages: int) -> Schedule:
    """As far as its first stages, on the same path of the rate."""
    span = schedule.span or sum(stage.training.steps for stage in schedule.stages)
    return schedule.model_copy(update={"stages": schedule.stages[:stages], "span": span})


def _arm(name: str, merge: Merge, of: tuple[Schedule, ...], origin: str) -> Schedule:
    return Schedule(name=name, role="merge", stages=(), composition="merge", origin=origin, merge=merge, of=of)
