"""What is judged: strategies that spend stage runs and say, as they go, which order they would choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from benchmarks.orders.table import Table
from scheduler.measurements import Path

SeedPositions = tuple[int, ...]
"""Positions in `Table.seeds` of the training seeds that a strategy sees."""


@dataclass(frozen=True)
class Step:
    """A moment of a strategy: what it has spent, and the order that it would choose."""

    spent: int
    """Stage runs a seed until the chosen order is trained too; shared beginnings count once."""
    order: Path
    seconds: float = 0.0
    """What these stage runs take to train, in units of the mean stage's time."""


@dataclass(frozen=True)
class Strategy:
    """A planner or a searcher: table, seeds that it sees, number of the draw → its steps.

    It may look at those seeds' validation scores of the paths that it has trained, and at nothing else.
    """

    steps: Callable[[Table, SeedPositions, int], Iterator[Step]]
    draws: int = 1
    """How many times it is replayed; 1 for those that draw nothing."""


def choose(table: Table, trained: Iterable[Path], order: Path) -> Step:
    """The choice of `order` after the paths in `trained`, which it may not be among."""
    paths = beginnings([*trained, order])
    return Step(len(paths), order, seconds(table, paths))


def seconds(table: Table, paths: Iterable[Path]) -> float:
    """Training time of the last stages of these paths, in units of the mean stage's."""
    return sum(table.time.get(path[-1], 1.0) for path in paths)


def beginnings(paths: Iterable[Path]) -> frozenset[Path]:
    """The paths and all their beginnings but the base."""
    return frozenset(path[:depth] for path in paths for depth in range(1, len(path) + 1))


def tree_size(table: Table) -> int:
    """Stage runs a seed for all orders."""
    return len(beginnings(table.orders))
