"""Good orders fast: moving one object at a time to its best place, with random kicks between.

The insertion neighbourhood is the strongest simple one for linear ordering (Martí & Reinelt 2011, chapter 3).
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from scheduler.linear_ordering.problem import Ints, Problem
from scheduler.measurements import Array

# Rounding must not be taken for progress: the sums are of numbers up to 1 or whole.
LEAST_GAIN = 1e-10
KICKS_PER_OBJECT = 2


def improve(dense: Array, order: Ints) -> Ints:
    """A local optimum: no single object can move to a better place. `dense` is d, antisymmetric."""
    order = order.copy()
    before = np.zeros(len(order) + 1)
    moved = True
    while moved:
        moved = False
        for item in order.copy():
            # Standing in gap k costs the d of all that stand before it.
            np.cumsum(dense[item, order], out=before[1:])
            gap = int(before.argmin())
            at = int((order == item).argmax())
            if before[at] - before[gap] > LEAST_GAIN:
                _move(order, at, gap if gap < at else gap - 1)
                moved = True
    return order


def search(problem: Problem, starts: Iterable[Ints], deadline: float, seed: int = 0) -> Ints:
    """The best order found from `starts`, then by kicks of it until they have long found nothing better.

    Stops at `deadline` (time.perf_counter), though not before one local optimum. Otherwise deterministic.
    """
    draws = np.random.default_rng(seed)
    best, value = np.arange(problem.size), -np.inf
    for start in starts:
        found = improve(problem.dense, start)
        if (reached := problem.value(found)) > value:
            best, value = found, reached
        if time.perf_counter() > deadline:
            return best
    idle = 0
    while idle < KICKS_PER_OBJECT * problem.size and time.perf_counter() < deadline:
        found = improve(problem.dense, kicked(best, draws))
        reached = problem.value(found)
        idle = 0 if reached > value else idle + 1
        if reached >= value:
            best, value = found, reached
    return best


def kicked(order: Ints, draws: np.random.Generator) -> Ints:
    """A tenth of the objects, at least three, put elsewhere."""
    order = order.copy()
    for _ in range(max(3, len(order) // 10)):
        _move(order, *(int(place) for place in draws.integers(len(order), size=2)))
    return order


def by_row_sums(dense: Array) -> Ints:
    """Those that should stand before most others first: rounds d, or a fractional solution, to an order."""
    return np.argsort(-dense.sum(axis=1), kind="stable")


def _move(order: Ints, start: int, end: int) -> None:
    item = order[start]
    if end < start:
        order[end + 1 : start + 1] = order[end:start].copy()
    else:
        order[start:end] = order[start + 1 : end + 1].copy()
    order[end] = item
