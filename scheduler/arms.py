"""All schedules of a curriculum: probes, the schedule itself, and the baselines at its budget.

What an arm is stands in its fields. Its name is what people read: ``<ordering>-<composition>`` (``bwt-sequential``,
``random-0-cumulative``), ``explicit``, ``joint``, ``joint-tuned``, ``joint-probes``, ``joint-weighted``,
``joint-x0.5``, ``merge-ties``, ``joint-half``, ``bwt-sequential-rehearsed``, ``adaptive-transfer``, ``probe-a > b``.
No two of a curriculum's schedules have the same name, whatever its domains are called. Arms whose stages coincide share
their nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from curricula.schema import Composition, Curriculum, OrderName
from curricula.stage import Probes, Role, Schedule
from scheduler.composing.compose import compose
from scheduler.composing.joint import (
    JOINT,
    JOINT_PROBES,
    JOINT_TUNED,
    JOINT_WEIGHTED,
    at_budget,
    budget,
    is_plain_joint,
    joint,
    joint_tuned,
    lengths_by_effect,
    spent,
)
from scheduler.composing.merges import half_name, half_way, merge_name, merged
from scheduler.composing.rehearsal import rehearsed, rehearsed_name
from scheduler.measurements import Path
from scheduler.mixing.rounds import even_schedule, mixing_name
from scheduler.orderings import MEASURED, ORDERINGS, OrderingInput
from scheduler.orderings.random import random_orders
from scheduler.plan import Plan
from scheduler.probing.probes import (
    first_probes,
    known_left_out,
    needs_probes,
    path_schedules,
    probe_schedules,
    probes_further,
)

ORIGINS: dict[OrderName, str] = {
    "bwt": "The order with the best predicted total under measured transfer.",
    "bwt_entropy": "The order with the best predicted total, with falling entropy first where transfer is undecided.",
    "entropy": "Domains whose training lowers entropy first, those that raise it last.",
    "greedy": "Repeatedly the domain whose probe scores highest on the rest.",
    "given": "The order that the curriculum gives.",
    "random": "A random order.",
    "reverse": "The order with the worst predicted total under measured transfer.",
}
BASE_ARM = Schedule(name="base", role="base", stages=(), composition="explicit", origin="The model before any stage.")


def main_arm(curriculum: Curriculum) -> str:
    """The name of the curriculum's own schedule among its arms."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return "explicit"
    if curriculum.main_rule is not None:
        return mixing_name(curriculum.main_rule)
    return _name(spec.order, spec.composition, _main_draw(curriculum))


def arm_names(curriculum: Curriculum) -> tuple[str, ...]:
    """The names of all arms that a run will have, the schedule's own first: known before anything is measured."""
    spec, wanted = curriculum.schedule, curriculum.baselines
    probed = needs_probes(curriculum)
    asked = (
        (JOINT, wanted.joint),
        (JOINT_TUNED, wanted.joint_tuned),
        (JOINT_PROBES, wanted.joint_probes and probed),
        (JOINT_WEIGHTED, wanted.joint_weighted and probed),
    )
    joint_arms = [name for name, there in asked if there]
    joint_arms += [at_budget(factor) for factor in wanted.joint_budgets]
    plain = [*([JOINT] if wanted.joint else []), *(at_budget(factor) for factor in wanted.joint_budgets if factor == 1)]
    joint_arms += [half_name(name) for name in (main_arm(curriculum), *plain) if curriculum.interpolates]
    if spec.composition == "explicit":
        return (main_arm(curriculum), *joint_arms)
    joint_arms += [merge_name(method) for method in curriculum.merges if probed]
    others = [_name(spec.order, way, _main_draw(curriculum)) for way in wanted.compositions if way != spec.composition]
    others += [_rehearsed_name(curriculum)] if wanted.rehearse else []
    others += [mixing_name(rule) for rule in curriculum.mixing_rules]
    orders = [_name(ordering, curriculum.ordered, None) for ordering in wanted.orders if ordering != spec.order]
    drawn = [_name("random", curriculum.ordered, draw) for draw in _random_draws(curriculum)]
    return tuple(dict.fromkeys((main_arm(curriculum), *others, *joint_arms, *orders, *drawn)))


def fixed_arms(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Arms that need no measurement; all of them at the budget of the curriculum's own schedule.

    Adaptive mixing is never among them: scheduler/mixing/arms.py has it, as far as its rounds are known.
    Without ``joint-probes`` where adaptive probing decides how many probes there are. None at all with
    `leave_out: auto`, since then the plan decides what is trained and so the budget.
    """
    spec = curriculum.schedule
    if spec.leave_out == "auto" and spec.composition != "explicit":
        return ()
    if spec.composition == "explicit":
        origin = "The stages that the curriculum writes out."
        main = compose((), "explicit", curriculum, name=main_arm(curriculum), role="main", origin=origin)
        trained = {name for stage in main.stages for name in stage.mixture}
        untrained = tuple(name for name in curriculum.domains if name not in trained)
        joint_arms = _joint_arms(curriculum, main, ())
        return (main, *joint_arms, *_tuned_arm(curriculum, main, untrained), *_halves(curriculum, main, joint_arms))
    left_out = known_left_out(curriculum)
    kept = tuple(name for name in curriculum.domains if name not in left_out)
    mains = _unmeasured_mains(curriculum, kept)
    like = _like(curriculum, mains or _mains(curriculum, kept), kept)
    tuned = _tuned_arm(curriculum, like, left_out) if mains or curriculum.main_rule else []
    joint_arms = _joint_arms(curriculum, like, None if probes_further(curriculum) else ())
    halves = _halves(curriculum, like if mains or curriculum.main_rule else None, joint_arms)
    return _distinct([*mains, *_random_arms(curriculum, kept), *joint_arms, *tuned, *halves])


def planned_arms(curriculum: Curriculum, plan: Plan, data: OrderingInput) -> tuple[Schedule, ...]:
    """Arms that rest on the plan or its probes; all of them leave out what it leaves out."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return ()
    kept = tuple(name for name in curriculum.domains if name not in plan.left_out)
    arms = _mains(curriculum, plan.order)
    main = _like(curriculum, arms, kept)
    for ordering in curriculum.baselines.orders:
        if ordering != spec.order:
            arms.append(_arm(curriculum, "order", ordering, ORDERINGS[ordering](data.only(kept)), curriculum.ordered))
    if spec.leave_out == "auto":
        arms += _random_arms(curriculum, kept)
    fixed = fixed_arms(curriculum)
    joint_arms = [arm for arm in fixed if arm.role == "joint"]
    if spec.leave_out == "auto" or probes_further(curriculum):
        joint_arms = _joint_arms(curriculum, main, plan.probes)
        arms += joint_arms
    arms += _tuned_arm(curriculum, main, plan.left_out)
    arms += _weighted_arm(curriculum, main, data)
    arms += [merged(probe_schedules(curriculum), method) for method in curriculum.merges]
    arms += _halves(curriculum, main, joint_arms)
    return _distinct([*fixed, *arms])[len(fixed) :]


def _unmeasured_mains(curriculum: Curriculum, kept: tuple[str, ...]) -> list[Schedule]:
    """The schedule itself where it needs no measurement, and its order in the baselines' compositions."""
    spec = curriculum.schedule
    if spec.order in MEASURED:
        return []
    data = unmeasured_input(curriculum).only(kept)
    return _mains(curriculum, ORDERINGS[spec.order](data))


def unmeasured_input(curriculum: Curriculum) -> OrderingInput:
    """What is known of an order before any stage was trained; weights are normalised."""
    names = tuple(curriculum.domains)
    total = sum(spec.weight for spec in curriculum.domains.values())
    return OrderingInput(
        domains=names,
        kinds=tuple(curriculum.domains[name].kind for name in names),
        weights=np.array([curriculum.domains[name].weight / total for name in names]),
        given=curriculum.schedule.given or (),
        seed=curriculum.data_seed,
    )


def _mains(curriculum: Curriculum, order: Path) -> list[Schedule]:
    """The schedule itself unless it is adaptive, and its order in the baselines' compositions."""
    spec, draw = curriculum.schedule, _main_draw(curriculum)
    others = [way for way in curriculum.baselines.compositions if way != spec.composition]
    own = [] if curriculum.main_rule else [_arm(curriculum, "main", spec.order, order, spec.composition, draw)]
    return [
        *own,
        *(_arm(curriculum, "composition", spec.order, order, way, draw) for way in others),
        *_rehearsed(curriculum, order, draw),
    ]


def _like(curriculum: Curriculum, mains: Sequence[Schedule], kept: Sequence[str]) -> Schedule:
    """The schedule itself, or, of adaptive mixing, one that has its budget and its stages."""
    return even_schedule(curriculum, kept) if curriculum.main_rule else mains[0]


def _rehearsed_name(curriculum: Curriculum) -> str:
    """After the schedule; beside adaptive mixing after its order."""
    ordered = _name(curriculum.schedule.order, "sequential", _main_draw(curriculum))
    return rehearsed_name(ordered if curriculum.main_rule else main_arm(curriculum))


def _rehearsed(curriculum: Curriculum, order: Path, draw: int | None) -> list[Schedule]:
    """The schedule's order, rehearsing, where that is asked for."""
    if curriculum.baselines.rehearse is None:
        return []
    ordering = curriculum.schedule.order
    like = _arm(curriculum, "composition", ordering, order, "sequential", draw)
    return [rehearsed(curriculum, order, like, curriculum.baselines.rehearse, _rehearsed_name(curriculum))]


def _main_draw(curriculum: Curriculum) -> int | None:
    """A schedule in a random order is number 0 of them."""
    return 0 if curriculum.schedule.order == "random" else None


def _random_draws(curriculum: Curriculum) -> range:
    """Which random orders are baselines: those after the schedule itself, where that is one."""
    skip = int(curriculum.schedule.order == "random")
    return range(skip, skip + curriculum.baselines.random_orders)


def _random_arms(curriculum: Curriculum, kept: tuple[str, ...]) -> list[Schedule]:
    """Random baselines; where the schedule itself is random it is number 0 and they follow."""
    way, draws = curriculum.ordered, _random_draws(curriculum)
    orders = random_orders(kept, curriculum.data_seed, draws.stop)
    return [_arm(curriculum, "random", "random", orders[draw], way, draw) for draw in draws]


def _arm(
    curriculum: Curriculum, role: Role, ordering: OrderName, order: Path, way: Composition, draw: int | None = None
) -> Schedule:
    """An order that this ordering found (`draw`: which of several), composed in this way."""
    return compose(
        order,
        way,
        curriculum,
        name=_name(ordering, way, draw),
        role=role,
        ordering=ordering,
        probes=_behind(curriculum, ordering),
        origin=ORIGINS[ordering],
    )


def _behind(curriculum: Curriculum, ordering: OrderName | None) -> Probes:
    """The probes that an arm rests on: for its order (None: it has none), and for what `leave_out: auto` leaves out.

    Only the plan takes probes beyond the first level; orders that serve as baselines do not.
    """
    spec = curriculum.schedule
    automatic = spec.leave_out == "auto" and spec.composition != "explicit"
    if probes_further(curriculum) and (automatic or ordering == spec.order):
        return "all"
    return "first" if automatic or ordering in MEASURED else "none"


def _joint_arms(curriculum: Curriculum, like: Schedule, further: Sequence[Path] | None) -> list[Schedule]:
    """`further` are the probes beyond the first level; None: not known yet, so neither is the budget of all probes."""
    arms, own, baselines = [], budget(like), curriculum.baselines
    if baselines.joint:
        origin = "All domains mixed at the same budget, as people run it."
        arms.append(joint(curriculum, like, JOINT, origin))
    for factor in baselines.joint_budgets:
        origin = f"All domains mixed, at {factor:g} × the budget."
        arms.append(joint(curriculum, like, at_budget(factor), origin, total=round(own * factor)))
    if baselines.joint_probes and needs_probes(curriculum) and further is not None:
        total = own + spent([*first_probes(curriculum), *path_schedules(curriculum, further)])
        origin = "All domains mixed, given also the budget of the probes."
        arms.append(joint(curriculum, like, JOINT_PROBES, origin, total=total))
    return arms


def _weighted_arm(curriculum: Curriculum, like: Schedule, data: OrderingInput) -> list[Schedule]:
    """Joint training in shares that the probes speak for."""
    if not curriculum.baselines.joint_weighted or not needs_probes(curriculum):
        return []
    effects = dict(zip(data.domains, (data.transfer @ data.weights).tolist(), strict=True))
    origin = "All domains mixed, each in proportion to what its own probe did to the total."
    made = joint(curriculum, like, JOINT_WEIGHTED, origin, lengths=lengths_by_effect(effects))
    return [made.model_copy(update={"probes": "first"})]


def _tuned_arm(curriculum: Curriculum, like: Schedule, left_out: tuple[str, ...]) -> list[Schedule]:
    if not curriculum.baselines.joint_tuned:
        return []
    origin = "Joint training with the schedule's freedoms: its stages, its decay, and what it leaves out."
    return [joint_tuned(curriculum, like, left_out, origin, _behind(curriculum, None))]


def _halves(curriculum: Curriculum, main: Schedule | None, joint_arms: Sequence[Schedule]) -> list[Schedule]:
    """The schedule (not adaptive mixing, of which `main` is a budget) and plain joint training, half way back."""
    if main is None or not curriculum.interpolates:
        return []
    own = [] if curriculum.main_rule else [main]
    return [half_way(arm) for arm in (*own, *filter(is_plain_joint, joint_arms))]


def _name(ordering: OrderName, composition: Composition, draw: int | None) -> str:
    return f"{ordering}-{composition}" if draw is None else f"{ordering}-{draw}-{composition}"


def _distinct(arms: Iterable[Schedule]) -> tuple[Schedule, ...]:
    """Each arm once. ValueError where two that differ have one name: the second would be lost without a word."""
    found: dict[str, Schedule] = {}
    for arm in arms:
        if found.setdefault(arm.name, arm) != arm:
            raise ValueError(f"two schedules are named {arm.name}")
    return tuple(found.values())
