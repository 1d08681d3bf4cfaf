"""From an order, or from a search's choice, to a schedule. Its stages are made in scheduler/composing/drafts.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.schema import Composition, Curriculum
from curricula.stage import OrderName, Probes, RateName, Role, Schedule, Stage
from domains.frozen import fingerprint
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.drafts import StageBudgets, creative_last, drafts, stage_of


def compose(
    order: Sequence[str],
    composition: Composition,
    curriculum: Curriculum,
    *,
    name: str,
    role: Role,
    ordering: OrderName | None = None,
    probes: Probes = "none",
    origin: str = "",
) -> Schedule:
    """The schedule of `order`, composed as `sequential` or `cumulative`; `explicit` takes the YAML's stages.
    ValueError for `adaptive`, which has no order and is known only round by round (scheduler/mixing/rounds.py).

    The stage that introduces a domain trains with that domain's overrides, whatever is mixed in, so all
    orders and both compositions have the same budget; `lr_decay` multiplies its learning rate per stage.
    """
    if composition == "explicit":
        stages = explicit_stages(curriculum)
        made = Schedule(name=name, role=role, stages=stages, composition="explicit", origin=origin)
        made = paced(made, curriculum)
    elif composition == "adaptive":
        raise ValueError("adaptive mixing composes no order")
    else:
        made = schedule_of(own_choice(curriculum, tuple(order), composition), curriculum, name, origin)
    return made.model_copy(update={"role": role, "ordering": ordering, "probes": probes})


def schedule_of(
    choice: Choice, curriculum: Curriculum, name: str, origin: str = "", mixtures: Sequence[Mapping[str, float]] = ()
) -> Schedule:
    """The schedule of a search's choice; of an adaptive one the rounds whose `mixtures` are known.

    ValueError where its budget has fewer steps than the schedule has stages.
    """
    base = StageBudgets(curriculum)
    stages = tuple(stage_of(draft, base) for draft in drafts(choice, base))
    made = Schedule(
        name=name,
        role="trial",
        stages=_mixed(stages, mixtures) if choice.composition == "adaptive" else stages,
        order=_order(choice, curriculum),
        composition=choice.composition,
        origin=origin,
    )
    span = None if len(made.stages) == len(stages) else sum(stage.training.steps for stage in stages)
    return paced(made, curriculum, span, choice.rate)


def paced(
    schedule: Schedule, curriculum: Curriculum, span: int | None = None, rate: RateName | None = None
) -> Schedule:
    """On a path of the learning rate, the curriculum's own if none is named; `span`: the steps of the whole that it is
    the beginning of."""
    spec = curriculum.schedule
    return schedule.model_copy(update={"rate": rate or spec.rate, "anneal": spec.anneal, "span": span})


def schedule_fingerprint(schedule: Schedule) -> str:
    """Of the stages alone: schedules that are trained alike have the same."""
    return fingerprint(list(schedule.stages))


def explicit_stages(curriculum: Curriculum) -> tuple[Stage, ...]:
    """The YAML's stages, repeats written out; `lr_decay` multiplies the learning rate per stage."""
    stages: list[Stage] = []
    for written in curriculum.schedule.stages:
        training = curriculum.written_training(written)
        for _ in range(written.repeat):
            rate = training.learning_rate * curriculum.schedule.lr_decay ** len(stages)
            stages.append(Stage(mixture=written.mixture, training=training.model_copy(update={"learning_rate": rate})))
    return tuple(stages)


def _mixed(stages: Sequence[Stage], mixtures: Sequence[Mapping[str, float]]) -> tuple[Stage, ...]:
    return tuple(
        Stage(mixture=dict(mixture), training=stage.training) for stage, mixture in zip(stages, mixtures, strict=False)
    )


def _order(choice: Choice, curriculum: Curriculum) -> tuple[str, ...]:
    if choice.composition in ("joint", "adaptive"):
        return ()
    if choice.composition == "cumulative":
        return creative_last(choice.trained, curriculum.domains)
    return choice.trained
