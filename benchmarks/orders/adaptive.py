"""Adaptive probing, replayed: after the first level it trains the paths that it asks for, decision by decision."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.orders.planners import probes
from benchmarks.orders.strategy import SeedPositions, Step, Strategy, choose, tree_size
from benchmarks.orders.table import Table
from curricula.schema import Curriculum, Probing
from scheduler.probing.adaptive import ProbingState, advance, believe


def adaptive() -> Strategy:
    """Until an order is stable, or the whole tree is trained; a smaller budget is the same path cut short."""
    return Strategy(probed)


def probed(table: Table, seen: SeedPositions, _: int) -> Iterator[Step]:
    """The choice after the first level, and after every further decision."""
    curriculum = probing_curriculum(table)
    known, now = probes(table), ProbingState()
    while now.stop is None:
        measured = table.measurements([(), *known, *now.asked], seen)
        now, belief = advance(measured, curriculum, now)
        belief = belief or believe(measured, curriculum, now.paths)
        yield choose([*known, *now.paths], belief.outlook.orders[0])


def probing_curriculum(table: Table) -> Curriculum:
    """Planned by `bwt` with further probes, as many as there are."""
    spec = table.curriculum.schedule
    further = Probing(budget=tree_size(table) - len(table.domains), stable=spec.probing.stable)
    return table.curriculum.model_copy(
        update={"schedule": spec.model_copy(update={"order": "bwt", "leave_out": "none", "probing": further})}
    )
