"""What people read of an arm: ``<ordering>-<composition>`` (``bwt-sequential``, ``random-0-cumulative``), ``explicit``,
``joint``, ``joint-tuned``, ``joint-probes``, ``joint-weighted``, ``joint-x0.5``, ``merge-ties``, ``joint-half``,
``bwt-sequential-rehearsed``, ``adaptive-transfer``; of a probe: ``probe-a``, ``probe+joint``.
What an arm is stands in its fields.
"""

from __future__ import annotations

from curricula.compositions import Ordered
from curricula.schema import Curriculum, OrderName
from scheduler.mixing.rounds import mixing_name


def main_arm(curriculum: Curriculum) -> str:
    """The name of the curriculum's own schedule among its arms."""
    if curriculum.schedule.composition == "explicit":
        return "explicit"
    if curriculum.main_rule is not None:
        return mixing_name(curriculum.main_rule)
    return own_order(curriculum, curriculum.ordered)


def own_order(curriculum: Curriculum, way: Ordered) -> str:
    """Of the schedule's order, composed so."""
    return ordered_name(curriculum.schedule.order, way, own_draw(curriculum))


def ordered_name(ordering: OrderName, way: Ordered, draw: int | None = None) -> str:
    """Of an order that this ordering found (`draw`: which of several), composed so."""
    return f"{ordering}-{way}" if draw is None else f"{ordering}-{draw}-{way}"


def rehearsed_name(curriculum: Curriculum) -> str:
    """After the schedule; beside adaptive mixing after its order."""
    own = own_order(curriculum, "sequential") if curriculum.main_rule else main_arm(curriculum)
    return f"{own}-rehearsed"


def own_draw(curriculum: Curriculum) -> int | None:
    """A schedule in a random order is number 0 of them."""
    return 0 if curriculum.schedule.order == "random" else None


def random_draws(curriculum: Curriculum) -> range:
    """Which random orders are baselines: those after the schedule itself, where that is one."""
    skip = int(curriculum.schedule.order == "random")
    return range(skip, skip + curriculum.baselines.random_orders)
