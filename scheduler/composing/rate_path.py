"""How the learning rate moves over a schedule, and where a schedule is read off.

A score in the middle of a path, at a high rate, means nothing; after a short fall of the rate to zero it does. So a
schedule has, beside the stages that its budget pays for, a reading after each of them: the chain of stages whose end
shows what the model could do then.

per_stage  every stage by its own `lr_schedule`, from its peak to its end; the reading is the stage's own end
whole      one `lr_schedule` over all stages, each a part of it, with one optimizer; the reading is a branch that goes
           on with the stage for `anneal` × its steps while the rate falls to zero. Only the last stage needs none.
trunk      warm-up, stable, decay (Hu et al. 2024, MiniCPM, arXiv 2404.06395): the rate stays at its peak, with one
           optimizer; a reading replaces a stage's last steps, `anneal` × the steps so far and at most all of them, by
           steps in which the rate falls to zero. Schedules that begin alike share the trunk.

All of it are stages like any other, so nodes are shared wherever two chains begin alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from curricula.schema import Curriculum
from curricula.stage import RateName, Schedule, Stage

Chain = tuple[Stage, ...]


def paced(
    schedule: Schedule, curriculum: Curriculum, span: int | None = None, rate: RateName | None = None
) -> Schedule:
    """On a path of the learning rate, the curriculum's own if none is named; `span`: the steps of the whole that it is
    the beginning of."""
    spec = curriculum.schedule
    return schedule.model_copy(update={"rate": rate or spec.rate, "anneal": spec.anneal, "span": span})


def trained(schedule: Schedule) -> Chain:
    """The stages that the schedule's budget pays for, as they are trained; its end is the schedule's last reading,
    unless the schedule is but the beginning of a whole."""
    return PATHS[schedule.rate](schedule)[1]


def readings(schedule: Schedule) -> tuple[Chain, ...]:
    """For the base and after each stage: the chain of stages that leads to where it is read off."""
    return ((), *PATHS[schedule.rate](schedule)[0])


def pieces(schedule: Schedule) -> tuple[Chain, ...]:
    """Of each of the schedule's stages what is trained until the last is read off."""
    return by_stage(readings(schedule)[-1])


def by_stage(chain: Chain) -> tuple[Chain, ...]:
    """The same pieces by the schedule's stages: what falls to zero at a stage's end is a part of it."""
    found: list[Chain] = []
    for piece in chain:
        if piece.continues and found:
            found[-1] = (*found[-1], piece)
        else:
            found.append((piece,))
    return tuple(found)


def falls(rate: RateName, anneal: float, steps: Sequence[int], span: int) -> list[int]:
    """Steps in which the rate falls to zero after each of a schedule's stages of so many `steps`, which are trained
    beside its own budget: `whole` to read the stage off, `trunk` to go on from it. `span`: of the whole."""
    ends = accumulate(steps)
    if rate == "per_stage":
        return [0 for _ in steps]
    if rate == "whole":
        return [0 if end >= span else _branch(anneal, mine) for mine, end in zip(steps, ends, strict=True)]
    return [_tail(anneal, mine, end) for mine, end in zip(steps, ends, strict=True)]


def _branch(anneal: float, steps: int) -> int:
    return max(1, round(anneal * steps))


def _tail(anneal: float, steps: int, end: int) -> int:
    return min(steps, max(1, round(anneal * end)))


def _per_stage(schedule: Schedule) -> tuple[list[Chain], Chain]:
    stages = schedule.stages
    return [stages[: depth + 1] for depth in range(len(stages))], stages


def _whole(schedule: Schedule) -> tuple[list[Chain], Chain]:
    ends = list(accumulate(stage.training.steps for stage in schedule.stages))
    span = schedule.span or max(ends, default=0)
    path = tuple(
        _carried(stage, warmup=stage.training.warmup(span), part=((end - stage.training.steps) / span, end / span))
        for stage, end in zip(schedule.stages, ends, strict=True)
    )
    found = []
    for depth, (stage, end) in enumerate(zip(path, ends, strict=True), start=1):
        steps = _branch(schedule.anneal, stage.training.steps)
        branch = _carried(stage, steps=steps, warmup=0, part=(end / span, 1.0), continues=True)
        found.append(path[:depth] if end >= span else (*path[:depth], branch))
    return found, path


def _trunk(schedule: Schedule) -> tuple[list[Chain], Chain]:
    ends = list(accumulate(stage.training.steps for stage in schedule.stages))
    trunk: list[Stage] = []
    found: list[Chain] = []
    for stage, end in zip(schedule.stages, ends, strict=True):
        steps = stage.training.steps
        tail = _tail(schedule.anneal, steps, end)
        whole = tail == steps
        warmup = 0 if trunk else stage.training.warmup(steps)
        # However short a piece is, it reaches its peak rate before it ends.
        body = [] if whole else [_stable(_carried(stage, steps=steps - tail, warmup=min(warmup, steps - tail - 1)))]
        last = _carried(stage, steps=tail, warmup=min(warmup, tail - 1) if whole else 0, continues=not whole)
        found.append((*trunk, *body, last))
        trunk += [*body, _stable(last)]
    return found, found[-1] if found else ()


def _carried(
    stage: Stage,
    *,
    warmup: int,
    steps: int | None = None,
    part: tuple[float, float] = (0.0, 1.0),
    continues: bool = False,
) -> Stage:
    """A piece of a stage with the optimizer of the piece before it. A rate that never falls would fall linearly."""
    training = stage.training
    changed = {
        "optimizer": "carry",
        "lr_schedule": "linear" if training.lr_schedule == "constant" else training.lr_schedule,
        "steps": training.steps if steps is None else steps,
        "warmup_steps": warmup,
        "warmup_ratio": None,
    }
    return stage.model_copy(
        update={"training": training.model_copy(update=changed), "part": part, "continues": continues}
    )


def _stable(stage: Stage) -> Stage:
    """The same at the peak rate."""
    return stage.model_copy(update={"training": stage.training.model_copy(update={"lr_schedule": "constant"})})


PATHS: dict[RateName, Callable[[Schedule], tuple[list[Chain], Chain]]] = {
    "per_stage": _per_stage,
    "whole": _whole,
    "trunk": _trunk,
}
"""How it moves → the reading after each stage, and the stages as they are trained."""
