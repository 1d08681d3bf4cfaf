"""The ways to spend one budget that the plan chooses between: what it predicts of each is what an arm then trains."""

from __future__ import annotations

from curricula.compositions import Ordered
from curricula.schema import Curriculum
from curricula.stage import Schedule, Stage
from scheduler.composing.compose import compose
from scheduler.composing.joint import JOINT, budget, joint
from scheduler.composing.rate_path import paced

IN_ORDER: Ordered = "sequential"
"""The candidate that is the planned order, one domain a stage."""


def candidates(curriculum: Curriculum, order: tuple[str, ...], *, tails: bool = True) -> dict[str, Schedule]:
    """Name → schedule, all of the same budget: the order, cumulative, joint, and joint with one domain's stage last."""
    ways: tuple[Ordered, ...] = (IN_ORDER, "cumulative")
    staged = {way: compose(order, way, curriculum, name=way, role="order") for way in ways}
    mixed = joint(curriculum, staged[IN_ORDER], JOINT, "")
    last = order if tails and len(order) > 1 else ()
    return {**staged, JOINT: mixed, **{tailed_name(name): _tailed(curriculum, mixed, name) for name in last}}


def tailed_name(last: str) -> str:
    """Of joint training with this domain's stage last."""
    return f"{JOINT}, then {last}"


def _tailed(curriculum: Curriculum, mixed: Schedule, last: str) -> Schedule:
    """Joint training for what the domain's own stage leaves of the budget, then that stage."""
    tail = Stage(mixture={last: 1.0}, training=curriculum.stage_training(last))
    kept = 1 - tail.rollout_budget / budget(mixed)
    trunk = tuple(
        stage.model_copy(update={"training": stage.training.model_copy(update={"steps": _steps(stage, kept)})})
        for stage in mixed.stages
    )
    made = Schedule(name=tailed_name(last), role="composition", stages=(*trunk, tail), composition="explicit")
    return paced(made, curriculum)


def _steps(stage: Stage, share: float) -> int:
    return max(1, round(stage.training.steps * share))
