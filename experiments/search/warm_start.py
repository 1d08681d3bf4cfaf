"""Where a search begins: every kind of schedule once, joint training first; then more of each, where they fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import optuna

from curricula.schema import Curriculum, OrderName, SearchComposition
from curricula.search_checks import searched_domains
from curricula.stage import Method
from experiments.run.findings import Findings, arms
from scheduler.arms import main_arm, unmeasured_input
from scheduler.composing.choice import Choice, own_choice
from scheduler.composing.compose import schedule_fingerprint, schedule_of
from scheduler.composing.compositions.cumulative import creative_last
from scheduler.composing.compositions.table import ALL, KINDS, offered
from scheduler.composing.joint import lengths_by_effect
from scheduler.evidence.transfer import total_effects
from scheduler.measurements import Path
from scheduler.orderings import MEASURED, ORDERINGS
from scheduler.planning.planner import ordering_input
from scheduler.search.space import choice_of, orderless, params_of, pinned, space

ORDERS: tuple[OrderName, ...] = ("bwt", "bwt_entropy", "entropy", "greedy", "given")
"""Orders to begin with beside the plan's; the worst and a random one are left to the sampler."""
NO_POINT = (
    "The curriculum's own schedule, {name}, is no point of the space that was searched: the search began without it, "
    "and what it found meets it in the end, as planned."
)


MOST = 1 / 2
"""Share of the trials that variants of the kinds may have: a space with more of them must not leave less to search."""


@dataclass(frozen=True)
class Start:
    """One schedule to begin with."""

    name: str
    params: dict[str, Any]
    """Its point in the space."""
    variant: bool = False
    """Whether its kind is among the starts before it."""


def warm_starts(curriculum: Curriculum, findings: Findings, order: Path | None = None) -> tuple[Start, ...]:
    """Distinct schedules, joint training first. `order` is the plan's, for ``search.order: plan``."""
    found: dict[str, Start] = {}
    known = offered(curriculum)
    orders = list(_orders(curriculum, findings, order or _any_order(curriculum)))
    kinds, variants = _kinds(curriculum, findings, orders[0]), _variants(curriculum, orders)
    for variant, choices in ((False, kinds), (True, variants)):
        for label, choice in choices:
            if choice.composition not in known:
                continue
            params = params_of(choice, curriculum)
            schedule = schedule_of(choice_of(params, curriculum, order), curriculum, label)
            found.setdefault(schedule_fingerprint(schedule), Start(label, params, variant))
    return tuple(found.values())


def enqueue(study: optuna.Study, starts: tuple[Start, ...], trials: int, reserved: int) -> None:
    """Queue what the study does not hold yet, of `trials` in all but for those `reserved` at the end, and variants up
    to `MOST` of them; safe to repeat after a kill."""
    for start in starts:
        most = min(trials - reserved, int(MOST * trials)) if start.variant else trials - reserved
        if len(study.get_trials(deepcopy=False)) < most:
            study.enqueue_trial(start.params, user_attrs={"start": start.name}, skip_if_exists=True)


def own_notes(
    own: Curriculum, curriculum: Curriculum, findings: Findings, order: Path | None = None
) -> tuple[str, ...]:
    """A sentence where a search of `curriculum` cannot begin with the schedule that the user's `own` one says."""
    choices = [choice_of(start.params, curriculum, order) for start in warm_starts(curriculum, findings, order)]
    if own.main_rule is not None:
        there = any(KINDS[choice.composition].by_round for choice in choices)
    else:
        mains = [schedule_fingerprint(arm) for arm in arms(own, findings) if arm.name == main_arm(own)]
        there = not mains or mains[0] in {schedule_fingerprint(schedule_of(one, curriculum, "")) for one in choices}
    return () if there else (NO_POINT.format(name=main_arm(own)),)


def _kinds(curriculum: Curriculum, findings: Findings, best: tuple[str, Path]) -> Iterator[tuple[str, Choice]]:
    """Label and choice: each kind once, as the curriculum trains it and in the order that is thought best."""
    name, order = best
    joint = _joint(curriculum, order)
    yield "joint", joint
    if findings.measured is not None:
        yield "joint, weighted", joint.model_copy(update={"lengths": _weights(findings, order)})
    most, last = max(curriculum.search.opening), max(curriculum.search.refresh)
    own = own_choice(curriculum, order)
    if most or last:
        tails = {"composition": _ordered(curriculum, own), "opening": most, "refresh": last}
        yield f"joint, then {name}, then joint", own.model_copy(update=tails)
    for kind in ALL:
        if kind.order is not None:
            yield f"{name}-{kind.name}", own.model_copy(update={"composition": kind.name})
    for kind in ALL:
        if kind.order is None and kind.name != joint.composition:
            yield kind.name, joint.model_copy(update={"composition": kind.name})


def _variants(curriculum: Curriculum, orders: Sequence[tuple[str, Path]]) -> Iterator[tuple[str, Choice]]:
    """Label and choice: joint training's other forms, methods by kind, and the orders after the first."""
    (name, order), *others = orders
    joint, own = _joint(curriculum, order), own_choice(curriculum, order)
    yield "joint, decayed", joint.model_copy(update={"lr_decay": curriculum.schedule.lr_decay})
    if "sft_first" in space(curriculum):
        for rate in curriculum.search.sft_rate:
            words = "" if rate == 1 else f" at {rate:g} times the rate"
            for label, share in {"joint, half by SFT": 0.5, "joint, by SFT": 1.0}.items():
                yield label + words, joint.model_copy(update={"sft_first": share, "sft_rate": rate})
    if name == "plan":
        ways = (own.model_copy(update={"composition": kind.name}) for kind in ALL if kind.alone)
        yield from (
            (f"plan-{one.composition}, {label}", made) for one in ways for label, made in _by_kind(curriculum, one)
        )
    ordered = _ordered(curriculum, own)
    yield from ((f"{other}-{ordered}", own_choice(curriculum, one, ordered)) for other, one in others)


def _joint(curriculum: Curriculum, order: Path) -> Choice:
    return own_choice(curriculum, order, "joint").model_copy(update={"lr_decay": 1.0})


def _ordered(curriculum: Curriculum, own: Choice) -> SearchComposition:
    return own.composition if own.composition in offered(curriculum) else "sequential"


def _any_order(curriculum: Curriculum) -> Path | None:
    """Where all is mixed throughout, no order needs to be found."""
    return pinned(curriculum) if orderless(curriculum) else None


def _weights(findings: Findings, order: Path) -> dict[str, float]:
    """Lengths by what each domain's probe, or its group's, did to the total, as in `joint-weighted`."""
    assert findings.measured is not None
    measured = findings.measured
    effects = dict(zip(measured.domains, total_effects(measured).tolist(), strict=True))
    return lengths_by_effect({name: effects[name] for name in order})


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


def _orders(curriculum: Curriculum, findings: Findings, pinned_to: Path | None) -> Iterator[tuple[str, Path]]:
    """Name and order, over the domains that are searched; at least one."""
    names = searched_domains(curriculum)
    if pinned_to is not None:
        yield "plan", pinned_to
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
