"""Pairs whose order is settled: by branching, by what reversing them would cost, or because others imply it."""

from __future__ import annotations

import numpy as np

from scheduler.linear_ordering.problem import OrderingProblem
from scheduler.measurements import Array


def settle(low: Array, high: Array, costs: Array, gap: float) -> tuple[Array, Array]:
    """Narrow the ranges of s where reversing a pair costs at least `gap`, what a better order may lose.

    `costs` over pairs is r of a bound that assumes sign(r): the opposite sign lowers it by 2·|r|.
    """
    hold = 2 * np.abs(costs) >= gap
    return np.where(hold & (costs > 0), high, low), np.where(hold & (costs < 0), low, high)


def closed(problem: OrderingProblem, low: Array, high: Array) -> tuple[Array, Array] | None:
    """Adds what is implied: i before j and j before k puts i before k. None where it goes round in a circle."""
    first, second = problem.pairs
    before = np.zeros((problem.size, problem.size), dtype=np.float32)
    before[first[low > 0], second[low > 0]] = 1
    before[second[high < 0], first[high < 0]] = 1
    known = -1
    while (count := int(before.sum())) != known:
        known = count
        before = np.minimum(before + before @ before, 1)
    if (before * before.T).any():
        return None
    return (
        np.where(before[first, second] > 0, 1.0, low),
        np.where(before[second, first] > 0, -1.0, high),
    )
