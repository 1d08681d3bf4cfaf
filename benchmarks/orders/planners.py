"""Planners, replayed: what each would have chosen from the probes of one seed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.orders.strategy import Step, Strategy, choose
from benchmarks.orders.table import Table
from curricula.schema import OrderName
from scheduler.measurements import Path
from scheduler.orderings import ORDERINGS, OrderingInput
from scheduler.planner import ordering_input


def probes(table: Table) -> tuple[Path, ...]:
    """One stage a domain."""
    return tuple((name,) for name in table.domains)


def seen(table: Table, seed: int) -> OrderingInput:
    """What the probes of one seed say."""
    measured = table.measurements([(), *probes(table)], [seed])
    return ordering_input(measured, table.curriculum, entropy_changes(table, seed))


def entropy_changes(table: Table, seed: int) -> dict[str, float]:
    """ΔH of every domain by its own probe, nats per token; empty where entropy was not measured."""
    if any(path not in table.entropy for path in [(), *probes(table)]):
        return {}
    return {
        name: float(table.entropy[(name,)][seed, j] - table.entropy[()][seed, j])
        for j, name in enumerate(table.domains)
    }


def chosen(table: Table, seed: int, order: OrderName) -> Path:
    """The order that an ordering that ships makes of one seed's probes."""
    return ORDERINGS[order](seen(table, seed))


def planned(table: Table, seed: int, _: int, *, order: OrderName) -> Iterator[Step]:
    """One choice, after the probes."""
    yield choose(probes(table), chosen(table, seed, order))


def planner_names() -> tuple[OrderName, ...]:
    """The orderings that rest on probes, but for `reverse`, which is not meant to be good."""
    names: tuple[OrderName, ...] = ("bwt", "bwt_entropy", "greedy", "entropy")
    return tuple(name for name in names if name in ORDERINGS)


def planners() -> dict[str, Strategy]:
    """Those that plan from one stage a domain."""
    return {name: Strategy(partial(planned, order=name)) for name in planner_names()}
