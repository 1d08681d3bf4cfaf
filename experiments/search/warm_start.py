"""Where a search begins: at the plan's order and the orders that ship, as far as the space holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import optuna

from curricula.schema import Curriculum, OrderName
from curricula.search_checks import searched_domains
from experiments.runner import Findings
from scheduler.arms import unmeasured_input
from scheduler.measurements import Path
from scheduler.orderings import MEASURED, ORDERINGS
from scheduler.planner import ordering_input
from scheduler.search.build import schedule_fingerprint, schedule_of
from scheduler.search.choice import own_choice
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
        for way in curriculum.search.compositions:
            params = params_of(own_choice(curriculum, order, way), curriculum)
            schedule = schedule_of(choice_of(params, curriculum, pinned), curriculum, name)
            label = "joint" if way == "joint" else f"{name}-{way}"
            found.setdefault(schedule_fingerprint(schedule), Start(label, params))
    return tuple(found.values())


def enqueue(study: optuna.Study, starts: tuple[Start, ...], most: int) -> None:
    """Queue what the study does not hold yet, up to `most` trials in all; safe to repeat after a kill."""
    for start in starts:
        if len(study.get_trials(deepcopy=False)) < most:
            study.enqueue_trial(start.params, user_attrs={"start": start.name}, skip_if_exists=True)


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
        delta = {name: profile.delta_entropy for name, profile in findings.profiles.items()}
        data = ordering_input(findings.measured, curriculum, delta)
    for order in (name for name in ORDERS if name in ORDERINGS):
        if findings.measured is None if order in MEASURED else not curriculum.schedule.given:
            continue
        yield order, ORDERINGS[order](data.only(names))
    if findings.measured is None and not curriculum.schedule.given:
        yield "written", names
