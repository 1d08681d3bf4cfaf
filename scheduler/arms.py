"""All schedules of a curriculum: probes, the schedule itself, and the baselines at its budget.

What an arm is stands in its fields. Its name is what people read: ``<ordering>-<composition>`` (``bwt-sequential``,
``random-0-cumulative``), ``explicit``, ``joint``, ``joint-tuned``, ``joint-probes``, ``probe-a > b``. No two of a
curriculum's schedules have the same name, whatever its domains are called. Arms whose stages coincide share their
nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from curricula.schema import Composition, Curriculum, OrderName
from curricula.stage import Probes, Role, Schedule
from scheduler.compose import compose
from scheduler.joint import JOINT, JOINT_PROBES, budget, joint, joint_tuned
from scheduler.measurements import Path
from scheduler.orderings import MEASURED, ORDERINGS, OrderingInput
from scheduler.orderings.random import random_orders
from scheduler.path_text import order_text
from scheduler.plan import Plan

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


def needs_probes(curriculum: Curriculum) -> bool:
    """Whether the schedule or a baseline rests on measured transfer or entropy."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return False
    return spec.order in MEASURED or spec.leave_out == "auto" or bool(curriculum.baselines.orders)


def probes_further(curriculum: Curriculum) -> bool:
    """Whether the plan rests on more probes than one stage a domain."""
    spec = curriculum.schedule
    return spec.order == "bwt" and spec.composition != "explicit" and spec.probing.budget > 0


def main_arm(curriculum: Curriculum) -> str:
    """The name of the curriculum's own schedule among its arms."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return "explicit"
    return _name(spec.order, spec.composition, _main_draw(curriculum))


def probe_schedules(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """One stage a domain, from the base: the first stages of the sequential schedules."""
    return tuple(
        _probe(curriculum, (name,), f"What training on {name} alone does to every domain.")
        for name in curriculum.domains
    )


def path_schedules(curriculum: Curriculum, paths: Sequence[Path]) -> tuple[Schedule, ...]:
    """Probes of several stages, composed as the sequential schedule begins, so that it can share them."""
    return tuple(
        _probe(curriculum, path, f"What training on {path[-1]} does after {', '.join(path[:-1])}.") for path in paths
    )


def _probe(curriculum: Curriculum, path: Path, origin: str) -> Schedule:
    name = f"probe-{order_text(path)}"
    return compose(path, "sequential", curriculum, name=name, role="probe", origin=origin)


def known_left_out(curriculum: Curriculum) -> tuple[str, ...]:
    """Domains that the curriculum itself leaves out: by name, or by not naming them in `given`."""
    spec = curriculum.schedule
    named = set() if isinstance(spec.leave_out, str) else set(spec.leave_out)
    if spec.order == "given" and spec.given is not None:
        named |= set(curriculum.domains) - set(spec.given)
    return tuple(name for name in curriculum.domains if name in named)


def fixed_arms(curriculum: Curriculum) -> tuple[Schedule, ...]:
    """Arms that need no measurement; all of them at the budget of the curriculum's own schedule.

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
        return (main, *_joint_arms(curriculum, main, ()), *_tuned_arm(curriculum, main, untrained))
    left_out = known_left_out(curriculum)
    kept = tuple(name for name in curriculum.domains if name not in left_out)
    mains = _unmeasured_mains(curriculum, kept)
    like = mains[0] if mains else _mains(curriculum, kept)[0]
    tuned = _tuned_arm(curriculum, like, left_out) if mains else []
    joint_arms = _joint_arms(curriculum, like, None if probes_further(curriculum) else ())
    return _distinct([*mains, *_random_arms(curriculum, kept), *joint_arms, *tuned])


def planned_arms(curriculum: Curriculum, plan: Plan, data: OrderingInput) -> tuple[Schedule, ...]:
    """Arms that rest on the plan or its probes; all of them leave out what it leaves out."""
    spec = curriculum.schedule
    if spec.composition == "explicit":
        return ()
    kept = tuple(name for name in curriculum.domains if name not in plan.left_out)
    arms = _mains(curriculum, plan.order)
    main = arms[0]
    for ordering in curriculum.baselines.orders:
        if ordering != spec.order:
            arms.append(_arm(curriculum, "order", ordering, ORDERINGS[ordering](data.only(kept)), spec.composition))
    if spec.leave_out == "auto":
        arms += _random_arms(curriculum, kept)
    if spec.leave_out == "auto" or probes_further(curriculum):
        arms += _joint_arms(curriculum, main, plan.probes)
    fixed = fixed_arms(curriculum)
    arms += _tuned_arm(curriculum, main, plan.left_out)
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
    """The schedule itself, and its order in the baselines' compositions."""
    spec, draw = curriculum.schedule, _main_draw(curriculum)
    others = [way for way in curriculum.baselines.compositions if way != spec.composition]
    return [
        _arm(curriculum, "main", spec.order, order, spec.composition, draw),
        *(_arm(curriculum, "composition", spec.order, order, way, draw) for way in others),
    ]


def _main_draw(curriculum: Curriculum) -> int | None:
    """A schedule in a random order is number 0 of them."""
    return 0 if curriculum.schedule.order == "random" else None


def _random_arms(curriculum: Curriculum, kept: tuple[str, ...]) -> list[Schedule]:
    """Random baselines; where the schedule itself is random it is number 0 and they follow."""
    way, skip = curriculum.schedule.composition, int(curriculum.schedule.order == "random")
    orders = random_orders(kept, curriculum.data_seed, skip + curriculum.baselines.random_orders)
    return [_arm(curriculum, "random", "random", order, way, draw) for draw, order in enumerate(orders) if draw >= skip]


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
    arms, total = [], budget(like)
    if curriculum.baselines.joint:
        origin = "All domains mixed at the same budget, as people run it."
        arms.append(joint(curriculum, total, JOINT, origin))
    if curriculum.baselines.joint_probes and needs_probes(curriculum) and further is not None:
        probes = sum(budget(probe) for probe in probe_schedules(curriculum))
        probes += sum(probe.stages[-1].rollout_budget for probe in path_schedules(curriculum, further))
        origin = "All domains mixed, given also the budget of the probes."
        arms.append(joint(curriculum, total + probes, JOINT_PROBES, origin))
    return arms


def _tuned_arm(curriculum: Curriculum, like: Schedule, left_out: tuple[str, ...]) -> list[Schedule]:
    if not curriculum.baselines.joint_tuned:
        return []
    origin = "Joint training with the schedule's freedoms: its stages, its decay, and what it leaves out."
    return [joint_tuned(curriculum, like, left_out, origin, _behind(curriculum, None))]


def _name(ordering: OrderName, composition: Composition, draw: int | None) -> str:
    return f"{ordering}-{composition}" if draw is None else f"{ordering}-{draw}-{composition}"


def _distinct(arms: Iterable[Schedule]) -> tuple[Schedule, ...]:
    """Each arm once. ValueError where two that differ have one name: the second would be lost without a word."""
    found: dict[str, Schedule] = {}
    for arm in arms:
        if found.setdefault(arm.name, arm) != arm:
            raise ValueError(f"two schedules are named {arm.name}")
    return tuple(found.values())
