"""How good a chosen order is: its regret against the best of all orders, by runs that the chooser never saw.

A strategy sees the validation scores of one training seed. Its choice is judged by the mean of the test scores over
the *other* seeds, so luck that misled the strategy cannot flatter its choice. The best order by that mean is itself
lucky, so even an oracle has some regret: see `references`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.orders.strategy import Step, Strategy, tree_size
from benchmarks.orders.table import Table
from scheduler.measurements import Array, Path


@dataclass(frozen=True)
class Judge:
    """Relative regrets of all orders, (seeds, orders): row s judges what was chosen by what seed s showed."""

    orders: tuple[Path, ...]
    truth: Array
    """Against the best mean test score over the other seeds."""
    own: Array
    """Against the best validation score of the same seed: what a search can see, and minimises."""
    oracle: Array
    """(seeds,): true regret of the order with the best validation score over all seeds."""

    def at(self, order: Path) -> int:
        """The column of an order."""
        return self.orders.index(order)

    @property
    def references(self) -> dict[str, Array]:
        """Regrets (seeds,) to hold others against.

        `oracle` knows all seeds' validation scores: the noise of the judge. `exhaustive` trains every order on its
        own seed: where a search ends. `mean` is any order, `worst` the worst.
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
    """Mean regret over draws by stage runs spent, (seeds, 1 + runs of the whole tree)."""

    truth: Array
    own: Array


def judge(table: Table) -> Judge:
    """ValueError where there is one seed only: nothing is left to judge by."""
    if len(table.seeds) < 2:
        raise ValueError("judging takes at least two training seeds")
    orders = table.orders
    validation = np.stack([table.totals("validation")[order] for order in orders], axis=1)
    test = np.stack([table.totals("test")[order] for order in orders], axis=1)
    truth = _regrets((test.sum(axis=0) - test) / (len(test) - 1))
    return Judge(orders, truth, _regrets(validation), truth[:, validation.mean(axis=0).argmax()])


def curves(table: Table, judged: Judge, strategy: Strategy) -> Curves:
    """Replay a strategy on every seed. Before its first choice it would have to take any order."""
    seeds = range(len(table.seeds))
    steps = [[tuple(strategy.steps(table, seed, draw)) for draw in range(strategy.draws)] for seed in seeds]
    size = tree_size(table)

    def mean(regrets: Array) -> Array:
        rows = [
            np.mean([_walk(replay, size, regrets[seed], judged.at) for replay in steps[seed]], axis=0) for seed in seeds
        ]
        return np.stack(rows)

    return Curves(mean(judged.truth), mean(judged.own))


def _walk(steps: tuple[Step, ...], size: int, regrets: Array, at: Callable[[Path], int]) -> Array:
    """Regret by stage runs: at each number that of the last choice that it pays for."""
    curve = np.full(size + 1, float(regrets.mean()))
    for step in steps:
        curve[step.spent :] = regrets[at(step.order)]
    return curve


def _regrets(scores: Array) -> Array:
    best = scores.max(axis=1, keepdims=True)
    return np.asarray((best - scores) / best)
