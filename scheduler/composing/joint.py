"""Joint training at a schedule's budget: what a schedule is compared with.

The budget is counted in completions: steps × prompts (× rollouts for GRPO). Joint training uses the methods that the
schedule uses, one stage each in the order in which they first come, and of each method the domains that it is used on:
in shares of the prompts as in the schedule's stages (explicit stages), else as in the domains' own stages. It draws as
many prompts as the schedule as far as groups come out; what does not is said (`Schedule.unequal`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from curricula.schema import Curriculum
from curricula.stage import Method, Probes, Schedule, Stage, exactly
from domains.frozen import fingerprint
from scheduler.composing.parts import parts_of, sources
from scheduler.composing.rate_path import paced, readings

JOINT, JOINT_TUNED, JOINT_PROBES, JOINT_WEIGHTED = "joint", "joint-tuned", "joint-probes", "joint-weighted"
"""Names: as people run it, with the schedule's freedoms, given the probes' budget too, in shares by the probes."""
LEAST_LENGTH = 0.25
"""Of a domain in weighted joint training, against the one whose stage does most for the total."""


def at_budget(factor: float) -> str:
    """Name of plain joint training at a multiple of the schedule's budget."""
    return f"{JOINT}-x{exactly(factor)}"


def is_plain_joint(arm: Schedule) -> bool:
    """Whether it is joint training as people run it, at the schedule's budget: neither tuned nor weighted."""
    return arm.role == "joint" and arm.times == 1


def budget(schedule: Schedule) -> int:
    """Completions that training sees in all stages."""
    return sum(stage.rollout_budget for stage in schedule.stages)


def spent(schedules: Iterable[Schedule]) -> int:
    """Completions of all that is trained to read these schedules off; what they share counts once."""
    chains = [chain for schedule in schedules for chain in readings(schedule)]
    begun = {fingerprint(chain[: at + 1]): stage for chain in chains for at, stage in enumerate(chain)}
    return sum(stage.rollout_budget for stage in begun.values())


def joint(
    curriculum: Curriculum,
    like: Schedule,
    name: str,
    origin: str,
    *,
    total: int | None = None,
    lengths: Mapping[str, float] | None = None,
) -> Schedule:
    """One stage a method over all domains that spends `total` completions, without decay over stages.

    `total` is that of `like` where it is None; `lengths` are factors on the domains' shares.
    """
    parts = parts_of(curriculum, sources(curriculum, tuple(curriculum.domains)))
    whole = sum(part.budget for part in parts.values())
    scale = (budget(like) if total is None else total) / whole
    stages = tuple(part.stage(part.budget * scale, lengths=lengths) for part in parts.values())
    made = _arm(curriculum, stages, name, origin, like if total is None else None)
    times = None if lengths else 1.0 if total is None else total / budget(like)
    return made.model_copy(update={"times": times})


def joint_tuned(
    curriculum: Curriculum, like: Schedule, left_out: Collection[str], origin: str, probes: Probes = "none"
) -> Schedule:
    """Joint training with the freedoms of `like`: its stages, its decay, and what it leaves out.

    `probes` are those that decided what is left out.
    """
    names = tuple(name for name in curriculum.domains if name not in left_out)
    parts = parts_of(curriculum, sources(curriculum, names))
    done: Counter[Method] = Counter()
    steps: Counter[Method] = Counter()
    stages = []
    for k, stage in enumerate(like.stages):
        method = stage.training.method
        done[method] += stage.rollout_budget
        # Rounded up from the beginning on, so that it is rounded once.
        part = parts[method]
        until = part.steps(done[method])
        piece = part.stage(max(1, until - steps[method]) * part.training.completions, curriculum.schedule.lr_decay**k)
        steps[method] += piece.training.steps
        stages.append(piece)
    return _arm(curriculum, stages, JOINT_TUNED, origin, like).model_copy(update={"probes": probes})


def lengths_by_effect(effects: Mapping[str, float]) -> dict[str, float]:
    """Factors on shares: in proportion to what a domain's stage does to the total, within [`LEAST_LENGTH`, 1].

    Where no stage raises the total they are equal.
    """
    most = max(effects.values())
    if most <= 0:
        return dict.fromkeys(effects, 1.0)
    return {name: max(LEAST_LENGTH, effect / most) for name, effect in effects.items()}


def _arm(curriculum: Curriculum, stages: Sequence[Stage], name: str, origin: str, like: Schedule | None) -> Schedule:
    made = Schedule(name=name, role="joint", stages=tuple(stages), composition="joint", origin=origin)
    return paced(made, curriculum).model_copy(update={"unequal": _unequal(made, like) if like else ()})


def _unequal(made: Schedule, like: Schedule) -> tuple[str, ...]:
    """What differs by more than rounding, in words."""
    ours, theirs = _prompts(like), _prompts(made)
    found = []
    if abs(ours - theirs) > max(stage.training.prompts for stage in made.stages) * len(made.stages):
        found.append(f"{made.name} draws {theirs:,} prompts, the schedule {ours:,}")
    if abs(budget(made) - budget(like)) > max(stage.training.completions for stage in made.stages) * len(made.stages):
        found.append(f"{made.name} sees {budget(made):,} completions, the schedule {budget(like):,}")
    return tuple(found)


def _prompts(schedule: Schedule) -> int:
    return sum(sum(stage.examples.values()) for stage in schedule.stages)
