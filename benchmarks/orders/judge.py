"""How good a chosen order is: its regret against the best of all orders, by runs that the chooser never saw.

A strategy sees the validation scores of some training seeds. Its choice is judged by the mean of the test scores over
the *other* seeds, so luck that misled the strategy cannot flatter its choice. The best order by that mean is itself
lucky, so even an oracle has some regret: see `references`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.orders.strategy import SeedPositions, Step, Strategy, tree_size
from benchmarks.orders.table import Table
from scheduler.measurements import Array, Path

ROUNDING = 1e-6
"""Of sums of training times."""


@dataclass(frozen=True)
class Judge:
    """Relative regrets of all orders, (views, orders): row v judges what the seeds of view v led to."""

    views: tuple[SeedPositions, ...]
    orders: tuple[Path, ...]
    truth: Array
    """Against the best mean test score over the other seeds."""
    own: Array
    """Against the best mean validation score over the seeds seen: what a search goes by, and minimises."""
    oracle: Array
    """(views,): true regret of the order with the best validation score over all seeds."""

    def at(self, order: Path) -> int:
        """The column of an order."""
        return self.orders.index(order)

    @property
    def references(self) -> dict[str, Array]:
        """Regrets (views,) to hold others against.

        `oracle` knows all seeds' validation scores: the noise of the judge. `exhaustive` trains every order on the
        seeds that it sees: where a search ends. `mean` is any order, `worst` the worst.
        """
        rows = np.arange(len(self.truth))
        return {
            "oracle": self.oracle,
            "exhaustive": self.truth[rows, self.own.argmin(axis=1)],
            "mean": self.truth.mean(axis=1),
            "worst": self.truth.max(axis=1),
        }


@dataclass(frozen=True)
class Curves:
    """Mean regret over draws by what was spent, (views, 1 + runs of the whole tree): stage runs, or the training time
    of so many mean stages."""

    truth: Array
    own: Array


@dataclass(frozen=True)
class Replayed:
    """The same by either count."""

    runs: Curves
    seconds: Curves


def judge(table: Table, seen: int = 1) -> Judge:
    """One view for every choice of `seen` seeds. ValueError where no seed is left to judge by."""
    count = len(table.seeds)
    if not 0 < seen < count:
        raise ValueError(f"of {count} training seeds at least one must be seen and one must judge, got {seen} seen")
    views = tuple(combinations(range(count), seen))
    orders = table.orders
    validation = np.stack([table.totals("validation")[order] for order in orders], axis=1)
    test = np.stack([table.totals("test")[order] for order in orders], axis=1)
    truth = _regrets(np.stack([np.delete(test, view, axis=0).mean(axis=0) for view in views]))
    own = _regrets(np.stack([validation[list(view)].mean(axis=0) for view in views]))
    return Judge(views, orders, truth, own, truth[:, validation.mean(axis=0).argmax()])


def replayed(table: Table, judged: Judge, strategy: Strategy) -> Replayed:
    """Replay a strategy in every view. Before its first choice it would have to take any order."""
    replays = [[tuple(strategy.steps(table, view, draw)) for draw in range(strategy.draws)] for view in judged.views]
    size = tree_size(table)

    def mean(regrets: Array, spent: Callable[[Step], int]) -> Array:
        walks = [
            [_walk(steps, size, row, judged.at, spent) for steps in found]
            for found, row in zip(replays, regrets, strict=True)
        ]
        return np.array([np.mean(found, axis=0) for found in walks])

    def by(spent: Callable[[Step], int]) -> Curves:
        return Curves(mean(judged.truth, spent), mean(judged.own, spent))

    return Replayed(by(lambda step: step.spent), by(lambda step: math.ceil(step.seconds - ROUNDING)))


def curves(table: Table, judged: Judge, strategy: Strategy) -> Curves:
    """The same by stage runs alone."""
    return replayed(table, judged, strategy).runs


def _walk(
    steps: tuple[Step, ...], size: int, regrets: Array, at: Callable[[Path], int], spent: Callable[[Step], int]
) -> Array:
    """Regret by what was spent: at each number that of the last choice that it pays for."""
    curve = np.full(size + 1, float(regrets.mean()))
    for step in steps:
        curve[spent(step) :] = regrets[at(step.order)]
    return curve


def _regrets(scores: Array) -> Array:
    best = scores.max(axis=1, keepdims=True)
    return np.asarray((best - scores) / best)
