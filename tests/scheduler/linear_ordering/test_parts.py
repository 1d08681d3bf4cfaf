"""The parts of linear ordering, each without the help of the others."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from scheduler.linear_ordering.branching import BranchAndCut
from scheduler.linear_ordering.cuts import encode, matrix, violated
from scheduler.linear_ordering.dual_ascent import ascend
from scheduler.linear_ordering.exact import solve
from scheduler.linear_ordering.fixing import closed, settle
from scheduler.linear_ordering.local_search import improve, search
from scheduler.linear_ordering.problem import make_problem
from scheduler.linear_ordering.relaxation import relax
from scheduler.linear_ordering.rival import rival

NO_CUTS = np.zeros(0, dtype=np.int64)


def later():
    return time.perf_counter() + 60


def random_problem(size, seed=0, whole=False):
    draws = np.random.default_rng(seed)
    cells = draws.integers(-20, 21, (size, size)).astype(float) if whole else draws.normal(size=(size, size))
    return make_problem(np.ones(size), cells)


def optimum(problem):
    """Value of the best order, by dynamic programming."""
    found = solve([f"d{at:02}" for at in range(problem.size)], np.ones(problem.size), problem.dense.T[None])
    return problem.value(found.orders[0, 0])


def free(problem):
    ends = np.ones(len(problem.signed))
    return -ends, ends


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("size", [3, 6, 9, 12])
def test_branch_and_cut_alone_proves_the_optimum_from_the_worst_start(size, whole):
    problem = random_problem(size, size, whole)
    best = optimum(problem)
    branching = BranchAndCut(problem, np.arange(size), later())
    found = branching.run(float(np.abs(problem.signed).sum()), *free(problem), NO_CUTS)
    assert problem.value(found.order) == pytest.approx(best)
    assert problem.room(found.bound, problem.value(found.order)) == 0


def test_branch_and_cut_branches_where_the_relaxation_is_fractional():
    problem = make_problem(np.ones(20), np.random.default_rng(0).integers(0, 100, (20, 20)).astype(float))
    order = search(problem, later())
    root = relax(problem, encode(problem, *all_triples(problem)), *free(problem), 60)
    assert problem.room(root.bound, problem.value(order)) > 0
    found = BranchAndCut(problem, order, later()).run(root.bound, *free(problem), root.tight)
    assert problem.room(found.bound, problem.value(found.order)) == 0


def test_branch_and_cut_without_time_returns_what_it_was_given():
    problem = random_problem(8)
    found = BranchAndCut(problem, np.arange(8), time.perf_counter() - 1).run(123.0, *free(problem), NO_CUTS)
    assert (found.order.tolist(), found.bound) == (list(range(8)), 123.0)


@pytest.mark.parametrize("size", [3, 5, 8, 14])
def test_the_dual_ascent_reaches_the_value_of_the_linear_program(size):
    problem = random_problem(size, size)
    best = optimum(problem)
    ascent = ascend(problem, -np.inf, later())
    every = encode(problem, *all_triples(problem))
    program = relax(problem, every, *free(problem), 60)
    assert ascent.bound >= program.bound - 1e-9 >= best - 2e-9
    assert ascent.bound == pytest.approx(program.bound, rel=1e-2)


def all_triples(problem):
    """Both sides of every triple."""
    triples = [
        (problem.place[i, j], problem.place[j, k], problem.place[i, k])
        for i, j, k in itertools.combinations(range(problem.size), 3)
    ]
    return np.array(triples * 2), np.repeat([1, -1], len(triples))


def test_violated_finds_every_broken_cut_and_none_else():
    problem = random_problem(7)
    signs = np.random.default_rng(1).uniform(-1, 1, len(problem.signed))
    every = encode(problem, *all_triples(problem))
    broken = every[matrix(problem, every) @ signs > 1]
    assert len(broken) > 0
    assert sorted(violated(problem, signs)) == sorted(broken)


def test_no_order_breaks_a_cut():
    problem = random_problem(6)
    every = matrix(problem, encode(problem, *all_triples(problem)))
    for order in itertools.permutations(range(6)):
        assert (every @ problem.signs(np.array(order)) <= 1).all()


def test_a_bound_holds_under_any_ranges():
    """The best order with a before b, against the relaxation with that pair held."""
    problem = random_problem(6, 4)
    orders = [np.array(order) for order in itertools.permutations(range(6))]
    for pair, sign in itertools.product(range(len(problem.signed)), (-1.0, 1.0)):
        low, high = free(problem)
        low[pair] = high[pair] = sign
        best = max(problem.value(order) for order in orders if problem.signs(order)[pair] == sign)
        assert relax(problem, encode(problem, *all_triples(problem)), low, high, 60).bound >= best - 1e-9


def test_settling_keeps_every_better_order():
    problem = random_problem(7, 2)
    ascent = ascend(problem, -np.inf, later())
    orders = [np.array(order) for order in itertools.permutations(range(7))]
    values = np.array([problem.value(order) for order in orders])
    incumbent = float(np.sort(values)[-4])
    low, high = closed(problem, *settle(*free(problem), ascent.residual, ascent.bound - incumbent))
    assert (low == high).any()
    for order, value in zip(orders, values, strict=True):
        if value > incumbent:
            signs = problem.signs(order)
            assert ((low <= signs) & (signs <= high)).all()


def test_what_others_imply_is_settled_and_a_circle_is_refused():
    problem = random_problem(4)
    place = problem.place
    low, high = free(problem)
    low[place[0, 1]] = low[place[1, 2]] = low[place[2, 3]] = 1
    settled, _ = closed(problem, low, high)
    assert (settled == 1).all()
    high[place[0, 3]] = -1
    assert closed(problem, low, high) is None


def test_improving_leaves_no_better_single_move():
    problem = random_problem(12, 3)
    order = improve(problem.dense, np.arange(12))
    for start, end in itertools.product(range(12), repeat=2):
        moved = np.insert(np.delete(order, start), end, order[start])
        assert problem.value(moved) <= problem.value(order) + 1e-9


def test_the_rival_is_the_second_best_where_local_search_can_find_it():
    problem = random_problem(8, 6)
    found = solve([f"d{at}" for at in range(8)], np.ones(8), problem.dense.T[None])
    best, second = found.orders[0]
    assert rival(problem, best, later()).tolist() == second.tolist()


@pytest.mark.parametrize(
    ("cell", "step", "whole"),
    [(3.0, 3.0, True), (0.25, 0.25, True), (1e-7, 1e-7, True), (1 / 3, 1 / 3, False), (1.0 + 1e-10, None, False)],
)
def test_totals_are_whole_where_the_cells_are(cell, step, whole):
    """Two domains with cells 2c and c: their two orders are c apart."""
    problem = make_problem(np.ones(2), np.array([[0.0, 2 * cell], [cell, 0.0]]))
    assert problem.whole == whole
    if step is not None:
        assert problem.step / problem.scale == pytest.approx(step)


def test_integrality_closes_a_gap_below_one_step_and_no_more():
    whole, real = random_problem(5, whole=True), random_problem(5)
    assert whole.room(10.9, 10) == 0
    assert whole.room(11.0, 10) == 1
    # A bound that rounding put a little too low must not hide a better order.
    assert whole.room(11.995, 10) == 2
    assert real.room(10.01, 10) == pytest.approx(0.01)
    assert real.room(10.0, 10.0) == 0
