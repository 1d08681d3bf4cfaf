"""The best order of objects under measured transfer, with a bound that says how good it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domains.errors import UserError
from scheduler.linear_ordering.branching import BranchAndCut, SearchResult
from scheduler.linear_ordering.cuts import encode
from scheduler.linear_ordering.dual_ascent import ascend
from scheduler.linear_ordering.exact import MOST_DOMAINS, solve
from scheduler.linear_ordering.fixing import closed, settle
from scheduler.linear_ordering.local_search import by_row_sums, improve, search
from scheduler.linear_ordering.problem import Ints, OrderingProblem, make_problem
from scheduler.linear_ordering.rival import rival
from scheduler.measurements import Array

SECONDS = 40.0
# Shares of the time; what a part leaves over goes to the next.
SEARCH_UNTIL, ASCENT_UNTIL, BRANCH_UNTIL = 0.4, 0.8, 0.95
# Above this many undecided pairs one linear program takes longer than the bound that it could improve is worth.
MOST_UNDECIDED = 5_000


@dataclass(frozen=True)
class RankedOrder:
    """An order, first to last, and its objective Σ_{i after j} w_j · B[i→j]."""

    order: tuple[str, ...]
    objective: float


@dataclass(frozen=True)
class LinearOrdering:
    """The answer. `bound` is an upper bound on every order's objective."""

    best: RankedOrder
    bound: float
    proven: bool
    """bound = objective: no order is better."""
    runner_up: RankedOrder
    """Second best: exactly so up to 16 domains, above the best other order found."""
    seconds: float


def best_order(
    domains: Sequence[str], weights: Array, transfer: Array, *, seconds: float = SECONDS, exact: int = MOST_DOMAINS
) -> LinearOrdering:
    """Maximise Σ_{i after j} w_j · B[i→j] over all orders of two or more domains.

    `transfer` is B as (trained, affected), its diagonal ignored. Up to `exact` domains by dynamic programming;
    above by local search, dual ascent and branch and cut, for about `seconds`. UserError for fewer than two.
    """
    start = time.perf_counter()
    if len(domains) < 2:
        raise UserError("there must be at least two domains to order", value=len(domains))
    by_name = sorted(range(len(domains)), key=lambda index: domains[index])
    names = [domains[index] for index in by_name]
    problem = make_problem(weights[by_name], transfer[np.ix_(by_name, by_name)])
    if len(domains) <= exact:
        first, second = _enumerated(names, problem)
        bound = problem.value(first)
    else:
        found, second = _searched(problem, start, seconds)
        first, bound = found.order, found.bound
    above = problem.room(bound, problem.value(first))
    return LinearOrdering(
        best=_ranked(names, problem, first),
        bound=problem.total(first, above),
        proven=above == 0,
        runner_up=_ranked(names, problem, second),
        seconds=time.perf_counter() - start,
    )


def _ranked(names: Sequence[str], problem: OrderingProblem, order: Ints) -> RankedOrder:
    return RankedOrder(tuple(names[index] for index in order), problem.total(order))


def _enumerated(names: Sequence[str], problem: OrderingProblem) -> tuple[Ints, Ints]:
    """Best and second best by dynamic programming."""
    found = solve(names, np.ones(problem.size), problem.dense.T[None])
    return found.orders[0, 0], found.orders[0, 1]


def _searched(problem: OrderingProblem, start: float, seconds: float) -> tuple[SearchResult, Ints]:
    order = search(problem, start + SEARCH_UNTIL * seconds)
    found = _bounded(problem, order, start, seconds)
    other = rival(problem, found.order, start + seconds)
    if problem.value(other) > problem.value(found.order):
        return SearchResult(other, found.bound), found.order
    return found, other


def _bounded(problem: OrderingProblem, order: Ints, start: float, seconds: float) -> SearchResult:
    """An upper bound, and a better order where proving it turns one up."""
    ascent = ascend(problem, problem.value(order), start + ASCENT_UNTIL * seconds)
    rounded = improve(problem.dense, by_row_sums(problem.spread(ascent.signs)))
    order = max(order, rounded, key=problem.value)
    value = problem.value(order)
    gap = ascent.bound - value - problem.slack
    if gap <= 0:
        return SearchResult(order, ascent.bound)
    free = np.ones(len(problem.signed))
    ranges = closed(problem, *settle(-free, free, ascent.residual, gap))
    if ranges is None:
        # What a better order would have to keep goes round in a circle.
        return SearchResult(order, value)
    if (ranges[0] < ranges[1]).sum() > MOST_UNDECIDED:
        return SearchResult(order, ascent.bound)
    branching = BranchAndCut(problem, order, start + BRANCH_UNTIL * seconds)
    return branching.run(ascent.bound, *ranges, encode(problem, ascent.triples, ascent.sides))
