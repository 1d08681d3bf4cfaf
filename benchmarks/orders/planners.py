"""Planners, replayed: what each would have chosen from the probes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.orders.strategy import SeedPositions, Step, Strategy, choose
from benchmarks.orders.table import Table
from curricula.schema import OrderName
from scheduler.measurements import Path
from scheduler.orderings import ORDERINGS, OrderingInput
from scheduler.planning.planner import ordering_input


def probes(table: Table) -> tuple[Path, ...]:
    """One stage a domain."""
    return tuple((name,) for name in table.domains)


def measured(table: Table, seen: SeedPositions) -> OrderingInput:
    """What the probes of these seeds say."""
    scores = table.measurements([(), *probes(table)], seen)
    return ordering_input(scores, table.curriculum, entropy_changes(table, seen))


def entropy_changes(table: Table, seen: SeedPositions) -> dict[str, float]:
    """ΔH of every domain by its own probe, nats per token; empty where entropy was not measured."""
    if any(path not in table.entropy for path in [(), *probes(table)]):
        return {}
    at = list(seen)
    changes = {name: (table.entropy[(name,)] - table.entropy[()])[at].mean(axis=0) for name in table.domains}
    return {name: float(changes[name][j]) for j, name in enumerate(table.domains)}


def chosen(table: Table, seen: SeedPositions, order: OrderName) -> Path:
    """The order that an ordering that ships makes of the probes."""
    return ORDERINGS[order](measured(table, seen))


def planned(table: Table, seen: SeedPositions, _: int, *, order: OrderName) -> Iterator[Step]:
    """One choice, after the probes."""
    yield choose(table, probes(table), chosen(table, seen, order))


def planner_names() -> tuple[OrderName, ...]:
    """The orderings that rest on probes, but for `reverse`, which is not meant to be good."""
    names: tuple[OrderName, ...] = ("bwt", "bwt_entropy", "greedy", "entropy")
    return tuple(name for name in names if name in ORDERINGS)


def planners() -> dict[str, Strategy]:
    """Those that plan from one stage a domain."""
    return {name: Strategy(partial(planned, order=name)) for name in planner_names()}
