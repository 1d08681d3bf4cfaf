"""Joint training at a schedule's budget.

The budget is counted in completions: steps × prompts (× rollouts for GRPO). Joint stages train with the
curriculum's `training` defaults; where overrides give domains other prompts, rollouts or methods, the
number of steps is what spends the same budget, rounded up in favour of joint training. Shares of the domains
are proportional to the budgets of their own stages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from curricula.schema import Curriculum
from curricula.stage import Probes, Schedule
from scheduler.drafts import Base, Piece, mixed, stage_of

JOINT, JOINT_TUNED, JOINT_PROBES = "joint", "joint-tuned", "joint-probes"
"""Names of the three: as people run it, with the schedule's freedoms, and given the probes' budget too."""


def budget(schedule: Schedule) -> int:
    """Completions that training sees in all stages."""
    return sum(stage.rollout_budget for stage in schedule.stages)


def joint(curriculum: Curriculum, total: int, name: str, origin: str) -> Schedule:
    """One stage over all domains that spends `total` completions, without decay over stages."""
    pieces = [Piece(Base(curriculum).joint_steps(total))]
    return _joint(curriculum, tuple(curriculum.domains), pieces, name, origin)


def joint_tuned(
    curriculum: Curriculum, like: Schedule, left_out: Collection[str], origin: str, probes: Probes = "none"
) -> Schedule:
    """Joint training with the freedoms of `like`: its stages, its decay, and what it leaves out.

    `probes` are those that decided what is left out.
    """
    base, done, pieces = Base(curriculum), 0, []
    for k, spent in enumerate(accumulate(stage.rollout_budget for stage in like.stages)):
        steps = max(1, base.joint_steps(spent) - done)
        done += steps
        pieces.append(Piece(steps, curriculum.schedule.lr_decay**k))
    names = [name for name in curriculum.domains if name not in left_out]
    return _joint(curriculum, names, pieces, JOINT_TUNED, origin).model_copy(update={"probes": probes})


def _joint(curriculum: Curriculum, names: Sequence[str], pieces: Sequence[Piece], name: str, origin: str) -> Schedule:
    base = Base(curriculum)
    return Schedule(
        name=name,
        role="joint",
        stages=tuple(stage_of(draft, base) for draft in mixed(base, dict.fromkeys(names, 1.0), pieces)),
        composition="joint",
        origin=_caveat(curriculum, origin),
    )


def _caveat(curriculum: Curriculum, origin: str) -> str:
    default = curriculum.training.method
    other = [name for name in curriculum.domains if curriculum.stage_training(name).method != default]
    if not other:
        return origin
    return f"{origin} All of it by {default}, although the schedule trains {', '.join(sorted(other))} otherwise."
