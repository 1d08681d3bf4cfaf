"""The best order of each matrix of effects, and the runner-up: exactly where that can be done, else by local search.

Up to `MOST_DOMAINS` domains every order is covered (scheduler/linear_ordering/exact.py). Above it a population of local
optima crosses until none of them is bettered (scheduler/linear_ordering/local_search.py); of many matrices, which are
draws around one mean, each is climbed from the mean's best order and from its own row sums. Nothing depends on the time
it takes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.linear_ordering.exact import MOST_DOMAINS, Solutions
from scheduler.linear_ordering.exact import solve as solve_exactly
from scheduler.linear_ordering.limits import Limits
from scheduler.linear_ordering.local_search import by_row_sums, improve, search
from scheduler.linear_ordering.problem import Ints, OrderingProblem, make_problem
from scheduler.linear_ordering.rival import rival
from scheduler.measurements import Array

NEVER = float("inf")
PATIENCE = 0.5
"""A plan asks often, and what an order loses by being a hair off the best is far below what is known of effects."""
AT_ONCE = 0.0
"""Deadlines: all rivals are looked for, or the cheapest alone."""
DRAWS = 50
"""Matrices that are solved by local search, at least, where a plan asks for many."""


def solve(
    domains: Sequence[str],
    weights: Array,
    transfer: Array,
    *,
    leave_out: bool = False,
    wrong: Array | None = None,
    limits: Limits | None = None,
) -> Solutions:
    """As `scheduler.linear_ordering.exact.solve`, for any number: above `MOST_DOMAINS` the best that was found.
    With `limits` for as many as that takes.

    There `leave_out` drops one domain after the other, each time the one that costs most, as long as one does.
    `wrong[i, j]`: what an order loses by having i after j, beside their effects.
    """
    if wrong is not None:
        return solve(domains, np.ones(len(domains)), transfer * weights - wrong, leave_out=leave_out, limits=limits)
    if len(domains) <= MOST_DOMAINS or limits is not None:
        return solve_exactly(domains, weights, transfer, leave_out=leave_out, limits=limits)
    by_name = np.array(sorted(range(len(domains)), key=lambda at: domains[at]))
    sorted_weights, effects = weights[by_name], transfer[:, by_name][:, :, by_name]
    alone = len(transfer) == 1
    start = search(make_problem(sorted_weights, effects.mean(axis=0)), NEVER, patience=PATIENCE)
    orders = np.full((len(transfer), 2, len(domains)), -1, dtype=np.int64)
    gains = np.zeros((len(transfer), 2))
    for at, one in enumerate(effects):
        for rank, order in enumerate(_two(sorted_weights, one, start, thorough=alone, leave_out=leave_out)):
            orders[at, rank, : len(order)] = by_name[order]
            gains[at, rank] = _gain(order, sorted_weights, one)
    return Solutions(tuple(domains), orders, gains)


def _two(weights: Array, effects: Array, start: Ints, *, thorough: bool, leave_out: bool) -> tuple[Ints, Ints]:
    """Best and second-best order of one matrix, the best from `start` or by its own rows."""
    kept = np.arange(len(weights))
    best = _climbed(make_problem(weights, effects), start)
    while leave_out and len(kept) > 1:
        shorter = [best[best != name] for name in kept]
        found = max(shorter, key=lambda order: _gain(order, weights, effects))
        if _gain(found, weights, effects) <= _gain(best, weights, effects):
            break
        best, kept = found, np.sort(found)
    if len(best) < 2:
        return best, best
    problem = make_problem(weights[kept], effects[np.ix_(kept, kept)])
    second = rival(problem, np.searchsorted(kept, best), NEVER if thorough else AT_ONCE)
    pair = (best, kept[second])
    return pair if _gain(pair[0], weights, effects) >= _gain(pair[1], weights, effects) else (pair[1], pair[0])


def _climbed(problem: OrderingProblem, start: Ints) -> Ints:
    found = (improve(problem.dense, start), improve(problem.dense, by_row_sums(problem.dense)))
    return max(found, key=problem.value)


def _gain(order: Ints, weights: Array, effects: Array) -> float:
    """Weighted predicted gain over the base: what is trained after j, and j itself, counts for j; all for the rest."""
    place = np.full(len(weights), -1)
    place[order] = np.arange(len(order))
    trained = place >= 0
    counts = trained[:, None] & (place[:, None] >= place[None, :])
    return float((effects * counts * weights).sum())
