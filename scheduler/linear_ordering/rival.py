"""The second-best order, by local search."""

from __future__ import annotations

import time

from scheduler.linear_ordering.local_search import improve
from scheduler.linear_ordering.problem import Ints, OrderingProblem


def rival(problem: OrderingProblem, best: Ints, deadline: float) -> Ints:
    """The best other order found.

    Every other order reverses at least one pair that stands side by side in `best`. For each such pair, the
    cheapest first, the local search runs with that pair held reversed. Stops at `deadline` after at least one.
    """
    apart = problem.dense[best[:-1], best[1:]]
    # No move of one object gains as much as it loses by letting the pair stand as in `best`.
    hold = 2 * float(abs(problem.dense).sum(axis=1).max()) + 1
    found, value = best, float("-inf")
    for at in apart.argsort(kind="stable"):
        first, second = best[at], best[at + 1]
        start = best.copy()
        start[at], start[at + 1] = second, first
        held = problem.dense.copy()
        held[second, first], held[first, second] = hold, -hold
        other = improve(held, start)
        if (reached := problem.value(other)) > value:
            found, value = other, reached
        if time.perf_counter() > deadline:
            break
    return found
