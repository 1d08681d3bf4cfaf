"""From an order to stages. All ways are points of one space: a schedule is a tuple of mixtures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.schema import Composition, Curriculum
from curricula.stage import OrderName, Probes, Role, Schedule, Stage, Training
from domains.spec import DomainSpec

NEW_SHARE = 0.5
"""Cumulative: share of the domain that joins; the rest is spread evenly over those before it."""


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

    The stage that introduces a domain trains with that domain's overrides, whatever is mixed in, so all
    orders and both compositions have the same budget; `lr_decay` multiplies its learning rate per stage.
    """
    if composition == "explicit":
        order, stages = (), explicit_stages(curriculum)
    else:
        order = creative_last(order, curriculum.domains) if composition == "cumulative" else order
        old_share = 1 - NEW_SHARE if composition == "cumulative" else curriculum.schedule.replay
        stages = _stages(order, [introducing(order[: k + 1], old_share) for k in range(len(order))], curriculum)
    return Schedule(
        name=name,
        role=role,
        stages=stages,
        order=tuple(order),
        ordering=ordering,
        composition=composition,
        probes=probes,
        origin=origin,
    )


def creative_last(order: Sequence[str], domains: Mapping[str, DomainSpec]) -> tuple[str, ...]:
    """Structured domains first, creative ones join last; within each kind the order stays."""
    return tuple(sorted(order, key=lambda name: domains[name].kind == "creative"))


def decayed(training: Training, decay: float, stage: int) -> Training:
    """The learning rate of stage number `stage`, from 0: × decay**stage."""
    return training.model_copy(update={"learning_rate": training.learning_rate * decay**stage})


def explicit_stages(curriculum: Curriculum) -> tuple[Stage, ...]:
    """The YAML's stages, repeats written out. A stage of one domain starts from that domain's overrides."""
    stages: list[Stage] = []
    for written in curriculum.schedule.stages:
        names = [name for name, share in written.mixture.items() if share > 0]
        default = curriculum.stage_training(names[0]) if len(names) == 1 else curriculum.training
        for _ in range(written.repeat):
            training = decayed(written.training.over(default), curriculum.schedule.lr_decay, len(stages))
            stages.append(Stage(mixture=written.mixture, training=training))
    return tuple(stages)


def _stages(order: Sequence[str], mixtures: list[dict[str, float]], curriculum: Curriculum) -> tuple[Stage, ...]:
    decay = curriculum.schedule.lr_decay
    return tuple(
        Stage(mixture=mixture, training=decayed(curriculum.stage_training(new), decay, k))
        for k, (new, mixture) in enumerate(zip(order, mixtures, strict=True))
    )


def introducing(so_far: Sequence[str], old_share: float) -> dict[str, float]:
    """Shares of the stage that introduces the last domain of `so_far`; those before it get `old_share` evenly."""
    *old, new = so_far
    if not old:
        return {new: 1.0}
    return {new: 1 - old_share, **{name: old_share / len(old) for name in old}}
