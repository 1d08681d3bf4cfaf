"""Joint training at a schedule's budget.

The budget is counted in completions: steps × prompts (× rollouts for GRPO). Joint stages train with the
curriculum's `training` defaults; where overrides give domains other prompts, rollouts or methods, the
number of steps is what spends the same budget, rounded up in favour of joint training. Shares of the domains
are proportional to the budgets of their own stages.
"""

from __future__ import annotations

from collections.abc import Collection

from curricula.schema import Curriculum
from curricula.stage import Probes, Schedule, Stage
from scheduler.compose import decayed


def budget(schedule: Schedule) -> int:
    """Completions that training sees in all stages."""
    return sum(stage.rollout_budget for stage in schedule.stages)


def joint(curriculum: Curriculum, total: int, name: str, origin: str) -> Schedule:
    """One stage over all domains that spends `total` completions, without decay over stages."""
    steps = -(-total // curriculum.training.completions)
    training = curriculum.training.model_copy(update={"steps": steps})
    stage = Stage(mixture=_shares(curriculum, curriculum.domains), training=training)
    return _joint(name, (stage,), curriculum, origin)


def joint_tuned(
    curriculum: Curriculum, like: Schedule, left_out: Collection[str], origin: str, probes: Probes = "none"
) -> Schedule:
    """Joint training with the freedoms of `like`: its stages, its decay, and what it leaves out.

    `probes` are those that decided what is left out.
    """
    mixture = _shares(curriculum, [name for name in curriculum.domains if name not in left_out])
    per_step, decay = curriculum.training.completions, curriculum.schedule.lr_decay
    stages, spent, done = [], 0, 0
    for k, stage in enumerate(like.stages):
        spent += stage.rollout_budget
        steps = max(1, -(-spent // per_step) - done)
        done += steps
        training = decayed(curriculum.training.model_copy(update={"steps": steps}), decay, k)
        stages.append(Stage(mixture=mixture, training=training))
    tuned = _joint("joint-tuned", tuple(stages), curriculum, origin)
    return tuned.model_copy(update={"probes": probes})


def _joint(name: str, stages: tuple[Stage, ...], curriculum: Curriculum, origin: str) -> Schedule:
    return Schedule(name=name, role="joint", stages=stages, composition="joint", origin=_caveat(curriculum, origin))


def _shares(curriculum: Curriculum, names: Collection[str]) -> dict[str, float]:
    return {name: float(_own_budget(curriculum, name)) for name in names}


def _own_budget(curriculum: Curriculum, name: str) -> int:
    return Stage(mixture={name: 1.0}, training=curriculum.stage_training(name)).rollout_budget


def _caveat(curriculum: Curriculum, origin: str) -> str:
    default = curriculum.training.method
    other = [name for name in curriculum.domains if curriculum.stage_training(name).method != default]
    if not other:
        return origin
    return f"{origin} All of it by {default}, although the schedule trains {', '.join(sorted(other))} otherwise."
