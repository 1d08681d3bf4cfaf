"""Linear ordering against brute force and dynamic programming, and its laws."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import UserError
from scheduler.linear_ordering import best_order
from tests.support.paths import SHARED
from tests.support.properties import examples

LOLIB = SHARED / "data" / "lolib"
BY_SEARCH = 1
"""As `exact`: no matrix is small enough for dynamic programming."""


def names_of(size):
    return [f"d{at:02}" for at in range(size)]


def objective(order, names, weights, transfer):
    """Σ_{i after j} w_j · B[i→j], written out."""
    at = [names.index(name) for name in order]
    return math.fsum(weights[j] * transfer[i, j] for place, i in enumerate(at) for j in at[:place])


@st.composite
def problems(draw, least=2, most=6):
    """Whole, decimal or arbitrary cells of both signs, with ties; weights among them 0."""
    size = draw(st.integers(least, most))
    unit = draw(st.sampled_from([1.0, 0.01, 1 / 3, 1e6, 2.0**-60]))
    cells = draw(st.lists(st.integers(-9, 9), min_size=size * size, max_size=size * size))
    weights = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.0, 3.0, 1 / 7]), min_size=size, max_size=size))
    return names_of(size), np.array(weights), np.array(cells, float).reshape(size, size) * unit


def check(found, names, weights, transfer):
    """What must hold of every answer."""
    scale = float(np.abs(transfer * weights).sum()) + 1e-300
    for ranked in (found.best, found.runner_up):
        assert sorted(ranked.order) == sorted(names)
        assert ranked.objective == pytest.approx(
            objective(ranked.order, names, weights, transfer), rel=1e-12, abs=1e-12 * scale
        )
    assert found.runner_up.order != found.best.order
    assert found.runner_up.objective <= found.best.objective
    assert found.best.objective <= found.bound
    assert found.proven == (found.bound == found.best.objective)


@pytest.mark.parametrize("exact", [16, BY_SEARCH])
@given(problem=problems())
@examples(40)
def test_best_and_runner_up_equal_brute_force(exact, problem):
    names, weights, transfer = problem
    found = best_order(names, weights, transfer, exact=exact)
    check(found, *problem)
    ranked = sorted((objective(order, *problem) for order in itertools.permutations(names)), reverse=True)
    # Ties within rounding of numbers that are not whole are ties.
    near = 1e-8 * float(np.abs(transfer * weights).sum())
    assert found.proven
    assert found.best.objective == pytest.approx(ranked[0], rel=1e-12, abs=near)
    assert found.bound >= ranked[0] - near
    if exact == BY_SEARCH:
        assert found.runner_up.objective <= ranked[1] + near
    else:
        assert found.runner_up.objective == pytest.approx(ranked[1], rel=1e-12, abs=near)


def test_seven_domains_equal_brute_force_both_ways():
    names, weights = names_of(7), np.arange(1.0, 8.0)
    transfer = np.random.default_rng(7).normal(0, 0.1, (7, 7))
    best = max(itertools.permutations(names), key=lambda order: objective(order, names, weights, transfer))
    for exact in (16, BY_SEARCH):
        assert best_order(names, weights, transfer, exact=exact).best.order == best


@pytest.mark.parametrize("size", range(8, 13))
def test_search_and_dynamic_programming_agree(size):
    draws = np.random.default_rng(size)
    names, weights = names_of(size), draws.integers(1, 5, size).astype(float)
    for transfer in (draws.normal(size=(size, size)), draws.integers(-99, 100, (size, size)).astype(float)):
        table = best_order(names, weights, transfer)
        found = best_order(names, weights, transfer, exact=BY_SEARCH)
        check(found, names, weights, transfer)
        assert table.proven
        assert found.proven
        assert found.best.objective == pytest.approx(table.best.objective, rel=1e-12)
        assert found.runner_up.objective <= table.runner_up.objective + 1e-9


@given(problem=problems(3, 9), seconds=st.sampled_from([0.0, 0.002, 0.01]))
@examples(30)
def test_out_of_time_the_bound_still_holds(problem, seconds):
    names, weights, transfer = problem
    found = best_order(names, weights, transfer, seconds=seconds, exact=BY_SEARCH)
    check(found, *problem)
    best = best_order(names, weights, transfer).best.objective
    near = 1e-8 * float(np.abs(transfer * weights).sum())
    assert found.bound >= best - near
    if found.proven:
        assert found.best.objective == pytest.approx(best, rel=1e-12, abs=near)


@given(problem=problems(2, 8), random=st.randoms(use_true_random=False))
@examples(30)
def test_the_order_of_the_columns_does_not_matter(problem, random):
    names, weights, transfer = problem
    places = list(range(len(names)))
    random.shuffle(places)
    for exact in (16, BY_SEARCH):
        plain = best_order(names, weights, transfer, exact=exact)
        turned = best_order(
            [names[at] for at in places], weights[places], transfer[np.ix_(places, places)], exact=exact
        )
        assert (turned.best, turned.bound, turned.runner_up) == (plain.best, plain.bound, plain.runner_up)


def test_the_diagonal_is_ignored():
    draws = np.random.default_rng(3)
    transfer = draws.normal(size=(5, 5))
    other = transfer + np.diag(draws.normal(size=5) * 100)
    names, weights = names_of(5), np.ones(5)
    assert best_order(names, weights, transfer).best == best_order(names, weights, other).best


def test_cells_without_effect_tie_every_order():
    for transfer in (np.zeros((20, 20)), np.full((20, 20), 0.3)):
        found = best_order(names_of(20), np.ones(20), transfer)
        assert found.proven
        assert found.runner_up.objective == found.best.objective == pytest.approx(190 * transfer[0, 1])


def test_a_hidden_order_of_many_is_found_and_proven():
    hidden = np.random.default_rng(5).permutation(40)
    place = np.argsort(hidden)
    transfer = np.where(place[:, None] > place[None, :], 0.01, -0.01)
    names = names_of(40)
    found = best_order(names, np.ones(40), transfer)
    assert found.best.order == tuple(names[at] for at in hidden)
    assert (found.proven, found.best.objective) == (True, 7.8)
    # The second best differs by one swap of neighbours.
    assert found.runner_up.objective == pytest.approx(7.78)


def test_a_fractional_relaxation_is_branched_on():
    """Its linear program with all 3-dicycle cuts is 10 above the optimum."""
    transfer = np.random.default_rng(0).integers(0, 100, (20, 20)).astype(float)
    found = best_order(names_of(20), np.ones(20), transfer)
    assert (found.proven, found.best.objective) == (True, 11685)


@pytest.mark.slow
def test_a_hundred_random_ones_get_an_honest_bound_in_time():
    transfer = np.random.default_rng(0).normal(size=(100, 100))
    found = best_order(names_of(100), np.ones(100), transfer, seconds=2)
    check(found, names_of(100), np.ones(100), transfer)
    assert not found.proven
    assert found.bound < np.maximum(transfer, transfer.T)[np.triu_indices(100, 1)].sum()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["t65l11xx", "tiw56r58", "stabu74"])
def test_matrices_of_the_library_are_solved(name):
    if not LOLIB.is_dir():
        pytest.skip(f"the linear ordering library is not at {LOLIB}")
    size, *cells = (LOLIB / name).read_text("utf-8").split()
    matrix = np.array(cells, float).reshape(int(size), int(size))
    found = best_order(names_of(int(size)), np.ones(int(size)), matrix.T)
    optimum = json.loads((LOLIB / "optima.json").read_text("utf-8"))[name]
    assert (found.proven, found.best.objective, found.bound) == (True, optimum, optimum)


def test_one_domain_is_nothing_to_order():
    with pytest.raises(UserError, match="at least two domains to order, got 1"):
        best_order(["a"], np.ones(1), np.zeros((1, 1)))
