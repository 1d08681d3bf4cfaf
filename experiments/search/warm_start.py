"""Where a search begins: at the plan's order, also with methods by kind, and the orders that ship; where they fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import optuna

from curricula.schema import Curriculum, OrderName
from curricula.search_checks import searched_domains
from curricula.stage import Method
from experiments.run.phases import Findings
from scheduler.arms import unmeasured_input
from scheduler.choice import Choice, own_choice
from scheduler.compose import schedule_fingerprint, schedule_of
from scheduler.drafts import creative_last
from scheduler.measurements import Path
from scheduler.orderings import MEASURED, ORDERINGS
from scheduler.planner import ordering_input
from scheduler.search.space import choice_of, params_of

ORDERS: tuple[OrderName, ...] = ("bwt", "bwt_entropy", "entropy", "greedy", "given")
"""Orders to begin with beside the plan's; the worst and a random one are left to the sampler."""


@dataclass(frozen=True)
class Start:
    """One schedule to begin with: what it is called, and its point in the space."""

    name: str
    params: dict[str, Any]


def warm_starts(curriculum: Curriculum, findings: Findings, pinned: Path | None = None) -> tuple[Start, ...]:
    """Distinct schedules, the plan's own first. `pinned` is the order for ``search.order: plan``."""
    found: dict[str, Start] = {}
    for name, order in _orders(curriculum, findings, pinned):
        for label, choice in _choices(curriculum, name, order):
            params = params_of(choice, curriculum)
            schedule = schedule_of(choice_of(params, curriculum, pinned), curriculum, name)
            found.setdefault(schedule_fingerprint(schedule), Start(label, params))
    return tuple(found.values())


def enqueue(study: optuna.Study, starts: tuple[Start, ...], most: int) -> None:
    """Queue what the study does not hold yet, up to `most` trials in all; safe to repeat after a kill."""
    for start in starts:
        if len(study.get_trials(deepcopy=False)) < most:
            study.enqueue_trial(start.params, user_attrs={"start": start.name}, skip_if_exists=True)


def _choices(curriculum: Curriculum, name: str, order: Path) -> Iterator[tuple[str, Choice]]:
    """Label and choice: the order in every composition, as the curriculum trains it; the plan's also by kind."""
    for way in curriculum.search.compositions:
        choice = own_choice(curriculum, order, way)
        yield ("joint" if way == "joint" else f"{name}-{way}"), choice
        if name == "plan" and way != "joint":
            yield from ((f"{name}-{way}, {label}", kind) for label, kind in _by_kind(curriculum, choice))


def _by_kind(curriculum: Curriculum, choice: Choice) -> Iterator[tuple[str, Choice]]:
    """Imitate where there is a right answer, then reinforce where there is none, at a rate that still teaches."""
    methods: dict[str, Method] = {
        name: "grpo" if curriculum.domains[name].kind == "creative" else "sft" for name in choice.order
    }
    if not all(method in curriculum.search.methods.get(name, ()) for name, method in methods.items()):
        return
    last = {"order": creative_last(choice.order, curriculum.domains), "methods": methods, "lr_decay": 1.0}
    for rate in curriculum.search.sft_rate:
        label = "methods by kind" if rate == 1 else f"methods by kind, SFT at {rate:g} times the rate"
        yield label, choice.model_copy(update={**last, "sft_rate": rate})


def _orders(curriculum: Curriculum, findings: Findings, pinned: Path | None) -> Iterator[tuple[str, Path]]:
    """Name and order, over the domains that are searched."""
    names = searched_domains(curriculum)
    if pinned is not None:
        yield "plan", pinned
        return
    if findings.plan is not None:
        yield "plan", findings.plan.order
    data = unmeasured_input(curriculum)
    if findings.measured is not None:
        delta = {name: profile.delta_entropy.estimate for name, profile in findings.profiles.items()}
        data = ordering_input(findings.measured, curriculum, delta)
    for order in (name for name in ORDERS if name in ORDERINGS):
        if findings.measured is None if order in MEASURED else not curriculum.schedule.given:
            continue
        yield order, ORDERINGS[order](data.only(names))
    if findings.measured is None and not curriculum.schedule.given:
        yield "written", names
