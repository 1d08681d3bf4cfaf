"""Which arms a run has, decided here and nowhere else: what an arm is called, what it is there for, and how it is made
of what is known when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from curricula.compositions import Ordered
from curricula.merge import MergeMethod
from curricula.schema import Curriculum, OrderName, Rehearsal
from curricula.stage import Role, Schedule
from scheduler.arms import joint_arms
from scheduler.arms.advised import ADVISED, advised
from scheduler.arms.known import Known, Made
from scheduler.arms.names import main_arm, ordered_name, own_draw, own_order, random_draws, rehearsed_name
from scheduler.arms.ordered import ordered_arm
from scheduler.composing.joint import JOINT, JOINT_PROBES, JOINT_TUNED, JOINT_WEIGHTED, at_budget
from scheduler.composing.merges import half_name, half_way, merge_name, merged
from scheduler.composing.rehearsal import rehearsed
from scheduler.measurements import Path
from scheduler.mixing.rounds import mixing_name
from scheduler.orderings import ORDERINGS
from scheduler.orderings.random import random_orders
from scheduler.probing.probes import needs_probes, probe_schedules


@dataclass(frozen=True)
class Wanted:
    """One arm that a run will have."""

    name: str
    role: Role
    make: Callable[[Known, Made], Schedule | None] | None
    """Its schedule; None as long as what it rests on is not known. No such function: scheduler/mixing/arms.py makes it,
    round by round."""


def wanted_arms(curriculum: Curriculum) -> tuple[Wanted, ...]:
    """All arms, the schedule's own first; at its budget, unless their name says another.

    Each once, whatever is written twice. ValueError where two have one name: one would be lost without a word.
    """
    kinds = (_own, _orders, _joint, _merges, _halves, _advised)
    found = tuple(arm for kind in kinds for arm in kind(curriculum))
    names = [arm.name for arm in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two schedules are named {twice}")
    return found


def make_arms(known: Known, already: Made) -> dict[str, Schedule]:
    """With every arm that can be made of this; those that are there stay as they are."""
    found = dict(already)
    for arm in wanted_arms(known.curriculum):
        made = arm.make(known, found) if arm.make and arm.name not in found else None
        if made is not None:
            found[arm.name] = made
    return found


def _own(curriculum: Curriculum) -> Iterator[Wanted]:
    """The schedule itself; its order in other compositions; the same rehearsed; adaptive mixing by other rules."""
    spec, baselines, draw = curriculum.schedule, curriculum.baselines, own_draw(curriculum)
    rules = [mixing_name(rule) for rule in curriculum.mixing_rules]
    if spec.composition == "explicit":
        yield Wanted(main_arm(curriculum), "main", lambda known, made: known.main)
        return
    if not curriculum.main_rule:
        yield _ordered(curriculum, "main", spec.order, curriculum.ordered, _schedules, draw)
    yield from (Wanted(name, "main", None) for name in rules[:1] if curriculum.main_rule)
    for way in dict.fromkeys(baselines.compositions):
        if way != spec.composition:
            yield _ordered(curriculum, "composition", spec.order, way, _schedules, draw)
    if baselines.rehearse:
        yield Wanted(rehearsed_name(curriculum), "composition", partial(_rehearsed, spec=baselines.rehearse))
    yield from (Wanted(name, "composition", None) for name in rules[bool(curriculum.main_rule) :])


def _orders(curriculum: Curriculum) -> Iterator[Wanted]:
    """Other orders, then random ones, composed as the schedule's is."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return
    for ordering in dict.fromkeys(curriculum.baselines.orders):
        if ordering != spec.order:
            yield _ordered(curriculum, "order", ordering, curriculum.ordered, partial(_found, ordering=ordering))
    for draw in random_draws(curriculum):
        find = partial(_drawn, draw=draw)
        yield _ordered(curriculum, "random", "random", curriculum.ordered, find, draw)


def _joint(curriculum: Curriculum) -> Iterator[Wanted]:
    asked, probed = curriculum.baselines, needs_probes(curriculum)
    if asked.joint:
        yield Wanted(JOINT, "joint", joint_arms.plain)
    for factor in dict.fromkeys(asked.joint_budgets):
        yield Wanted(at_budget(factor), "joint", partial(joint_arms.at_factor, factor=factor))
    if asked.joint_probes and probed:
        yield Wanted(JOINT_PROBES, "joint", joint_arms.with_probes)
    if asked.joint_tuned:
        yield Wanted(JOINT_TUNED, "joint", joint_arms.tuned)
    if asked.joint_weighted and probed:
        yield Wanted(JOINT_WEIGHTED, "joint", joint_arms.weighted)


def _merges(curriculum: Curriculum) -> Iterator[Wanted]:
    """The probes' models merged."""
    for method in dict.fromkeys(curriculum.merges) if needs_probes(curriculum) else ():
        yield Wanted(merge_name(method), "merge", partial(_merged, method=method))


def _halves(curriculum: Curriculum) -> Iterator[Wanted]:
    """The schedule and plain joint training, half way back to the base."""
    if not curriculum.interpolates:
        return
    main, baselines = main_arm(curriculum), curriculum.baselines
    yield Wanted(half_name(main), "merge", None if curriculum.main_rule else partial(_half, of=main))
    for name in (JOINT, at_budget(1)):
        if baselines.joint if name == JOINT else 1 in baselines.joint_budgets:
            yield Wanted(half_name(name), "merge", partial(_half, of=name))


def _advised(curriculum: Curriculum) -> Iterator[Wanted]:
    """What the plan advises; the last, since it is none where another arm is trained alike."""
    if curriculum.baselines.advised and needs_probes(curriculum):
        yield Wanted(ADVISED, "composition", advised)


def _ordered(
    curriculum: Curriculum,
    role: Role,
    ordering: OrderName,
    way: Ordered,
    find: Callable[[Known], Path | None],
    draw: int | None = None,
) -> Wanted:
    name = ordered_name(ordering, way, draw)

    def make(known: Known, made: Made) -> Schedule | None:
        order = find(known)
        return None if order is None else ordered_arm(curriculum, name, role, ordering, order, way)

    return Wanted(name, role, make)


def _schedules(known: Known) -> Path | None:
    return known.order


def _found(known: Known, ordering: OrderName) -> Path | None:
    """By an ordering that needs probes: of what they said of the domains that are trained."""
    return None if known.data is None else ORDERINGS[ordering](known.data.only(known.kept))


def _drawn(known: Known, draw: int) -> Path:
    return random_orders(known.kept, known.curriculum.data_seed, draw + 1)[draw]


def _rehearsed(known: Known, made: Made, spec: Rehearsal) -> Schedule | None:
    """The schedule's order, rehearsing."""
    if known.order is None:
        return None
    curriculum, ordering = known.curriculum, known.curriculum.schedule.order
    name = own_order(curriculum, "sequential")
    like = ordered_arm(curriculum, name, "composition", ordering, known.order, "sequential")
    return rehearsed(curriculum, known.order, like, spec, rehearsed_name(curriculum))


def _merged(known: Known, made: Made, method: MergeMethod) -> Schedule | None:
    return None if known.data is None else merged(probe_schedules(known.curriculum), method)


def _half(known: Known, made: Made, of: str) -> Schedule | None:
    return half_way(made[of]) if known.settled and of in made else None
