"""Good orders fast: moving one object at a time to its best place, and crossing what that gives.

The insertion neighbourhood is the strongest simple one for linear ordering, and memetic search with it the
strongest heuristic in the comparison of Martí & Reinelt (2011). Here, on a random matrix of 200 objects, crossing
came further than kicks of the best order did in the same time.
"""

from __future__ import annotations

import time

import numpy as np

from scheduler.linear_ordering.problem import Ints, OrderingProblem
from scheduler.measurements import Array

# Rounding must not be taken for progress: the sums are of numbers up to 1 or whole.
LEAST_GAIN = 1e-9
POPULATION = 25
PATIENCE = 2


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


def search(problem: OrderingProblem, deadline: float, seed: int = 0, patience: float = PATIENCE) -> Ints:
    """The best order found: a population of local optima that cross until none of them has long been bettered.

    Stops at `deadline` (time.perf_counter), though not before one local optimum. Otherwise deterministic. `patience`:
    children in a row, for each object, that better nothing.
    """
    draws = np.random.default_rng(seed)
    orders = [improve(problem.dense, by_row_sums(problem.dense))]
    while len(orders) < POPULATION and time.perf_counter() < deadline:
        orders.append(improve(problem.dense, draws.permutation(problem.size)))
    values = [problem.value(order) for order in orders]
    idle = 0
    while len(orders) > 1 and idle < patience * problem.size and time.perf_counter() < deadline:
        one, other = draws.choice(len(orders), 2, replace=False)
        child = improve(problem.dense, crossed(orders[one], orders[other], draws))
        value, worst = problem.value(child), int(np.argmin(values))
        idle += 1
        # One of each value: the population must not become copies of its best.
        if value > values[worst] and value not in values:
            orders[worst], values[worst], idle = child, value, 0
    return orders[int(np.argmax(values))]


def crossed(one: Ints, other: Ints, draws: np.random.Generator) -> Ints:
    """Each object where one or the other parent has it, by chance; two at one place in random order."""
    places = np.where(draws.random(len(one)) < 0.5, np.argsort(one), np.argsort(other))
    return np.argsort(places + draws.random(len(one)) / 2)


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
