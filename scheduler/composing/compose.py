"""From an order, or from a search's choice, to a schedule. Its stages are made in scheduler/composing/compositions/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curricula.compositions import Ordered
from curricula.schema import Curriculum
from curricula.stage import OrderName, Probes, Role, Schedule, Stage
from domains.frozen import fingerprint
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.compositions.explicit import explicit_stages
from scheduler.composing.compositions.table import KINDS, drafts, order_of
from scheduler.composing.draft import StageBudgets, stage_of
from scheduler.composing.rate_path import paced, trained


def compose(
    order: Sequence[str],
    composition: Ordered,
    curriculum: Curriculum,
    *,
    name: str,
    role: Role,
    ordering: OrderName | None = None,
    probes: Probes = "none",
    origin: str = "",
) -> Schedule:
    """The schedule that a composition makes of `order` with the curriculum's own values.

    All orders and compositions have the same budget: that of the domains' own stages. `lr_decay` multiplies the
    learning rate per stage.
    """
    made = schedule_of(own_choice(curriculum, tuple(order), composition), curriculum, name, origin)
    return made.model_copy(update={"role": role, "ordering": ordering, "probes": probes})


def written_out(curriculum: Curriculum, *, name: str, role: Role, origin: str = "") -> Schedule:
    """The schedule of the stages that the YAML writes out."""
    stages = explicit_stages(curriculum)
    return paced(Schedule(name=name, role=role, stages=stages, composition="explicit", origin=origin), curriculum)


def schedule_of(
    choice: Choice, curriculum: Curriculum, name: str, origin: str = "", mixtures: Sequence[Mapping[str, float]] = ()
) -> Schedule:
    """The schedule of a choice; of one that mixes round by round as far as the rounds' `mixtures` are known.

    ValueError where its budget has fewer steps than the schedule has stages.
    """
    stages, by_round = stages_of(choice, curriculum), KINDS[choice.composition].by_round
    made = Schedule(
        name=name,
        role="trial",
        stages=_mixed(stages, mixtures) if by_round else stages,
        order=order_of(choice, curriculum),
        composition=choice.composition,
        origin=origin,
    )
    span = sum(stage.training.steps for stage in stages) if by_round else None
    return paced(made, curriculum, span, choice.rate)


def stages_of(choice: Choice, curriculum: Curriculum) -> tuple[Stage, ...]:
    """All stages of a choice; one whose mixture is chosen when it begins has that of joint training."""
    base = StageBudgets(curriculum)
    return tuple(stage_of(draft, base) for draft in drafts(choice, base))


def schedule_fingerprint(schedule: Schedule) -> str:
    """Of the stages as they are trained, on the path of the rate: schedules that are trained alike have the same."""
    return fingerprint(list(trained(schedule)))


def _mixed(stages: Sequence[Stage], mixtures: Sequence[Mapping[str, float]]) -> tuple[Stage, ...]:
    return tuple(
        Stage(mixture=dict(mixture), training=stage.training) for stage, mixture in zip(stages, mixtures, strict=False)
    )
