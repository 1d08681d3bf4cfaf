"""Exact ordering against brute force, and its laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import CurriculumError
from scheduler.linear_ordering.exact import MOST_DOMAINS, solve
from scheduler.prediction.predict import counted, predict
from tests.support.properties import examples
from tests.support.scheduler import NAMES


@st.composite
def problems(draw, most=5):
    """Names, weights and a transfer matrix with small whole sixteenths, so that ties occur."""
    size = draw(st.integers(1, most))
    cells = draw(st.lists(st.integers(-6, 6), min_size=size * size, max_size=size * size))
    weights = np.array(draw(st.lists(st.integers(1, 4), min_size=size, max_size=size)), float)
    names = tuple(draw(st.permutations(NAMES[:size])))
    return names, weights / weights.sum(), np.array(cells, float).reshape(size, size) / 16


def brute_force(names, weights, transfer, sizes):
    """Totals of all orders of the given sizes, best first."""
    base = np.zeros(len(names))
    orders = [order for size in sizes for order in itertools.permutations(names, size)]
    return sorted(((float(weights @ predict(order, names, base, transfer)), order) for order in orders), reverse=True)


def check_against_brute_force(names, weights, transfer, leave_out):
    found = solve(names, weights, transfer[None], leave_out=leave_out)
    sizes = range(1, len(names) + 1) if leave_out else [len(names)]
    ranked = brute_force(names, weights, transfer, sizes)
    totals = {order: total for total, order in ranked}
    assert found.gains[0, 0] == pytest.approx(ranked[0][0], abs=1e-9)
    assert totals[found.order(0)] == pytest.approx(ranked[0][0], abs=1e-9)
    if len(ranked) > 1:
        assert found.order(0, 1) != found.order(0)
        assert totals[found.order(0, 1)] == pytest.approx(ranked[1][0], abs=1e-9)
        assert found.gains[0, 1] == pytest.approx(ranked[1][0], abs=1e-9)
    else:
        assert found.gains[0, 1] == -np.inf


@given(problems(), st.booleans())
@examples(60)
def test_best_and_runner_up_equal_brute_force(problem, leave_out):
    check_against_brute_force(*problem, leave_out)


@pytest.mark.parametrize("size", [7, 8])
def test_best_and_runner_up_equal_brute_force_up_to_eight(size):
    transfer = np.random.default_rng(size).normal(0, 0.1, (size, size))
    names = NAMES[:size]
    found = solve(names, np.full(size, 1 / size), transfer[None])
    index = np.array(list(itertools.permutations(range(size))))
    place = np.argsort(index, axis=1)
    after = place[:, :, None] > place[:, None, :]
    totals = (after * transfer).sum(axis=(1, 2)) / size + np.trace(transfer) / size
    first, second = np.argsort(-totals)[:2]
    assert found.order(0) == tuple(names[at] for at in index[first])
    assert found.order(0, 1) == tuple(names[at] for at in index[second])
    assert found.gains[0] == pytest.approx(totals[[first, second]], abs=1e-9)


@given(problems(), st.randoms(use_true_random=False), st.booleans())
@examples(60)
def test_permuting_domains_permutes_the_result_even_where_orders_tie(problem, random, leave_out):
    names, weights, transfer = problem
    places = list(range(len(names)))
    random.shuffle(places)
    turned = solve(
        tuple(names[at] for at in places),
        weights[places],
        transfer[np.ix_(places, places)][None],
        leave_out=leave_out,
    )
    plain = solve(names, weights, transfer[None], leave_out=leave_out)
    assert turned.order(0) == plain.order(0)
    assert np.array_equal(turned.gains, plain.gains)
    if np.isfinite(plain.gains[0, 1]):
        assert turned.order(0, 1) == plain.order(0, 1)


@given(problems(), st.integers(-4, 4))
@examples(60)
def test_what_every_pair_pays_alike_does_not_move_the_order(problem, constant):
    """Adding c / w_j to column j adds c to i→j and to j→i of every pair, whichever comes first."""
    names, _, transfer = problem
    size = len(names)
    weights = 2.0 ** -np.arange(size)
    shifted = transfer + constant / 16 / weights
    plain, moved = solve(names, weights, transfer[None]), solve(names, weights, shifted[None])
    assert moved.order(0) == plain.order(0)
    paid = constant / 16 * (size + size * (size - 1) / 2)
    assert moved.gains[0, 0] == pytest.approx(plain.gains[0, 0] + paid, abs=1e-9)


@given(problems())
@examples(60)
def test_the_reverse_of_the_best_is_the_worst(problem):
    names, weights, transfer = problem
    worst = solve(names, weights, transfer[None]).order(0)[::-1]
    total = weights @ predict(worst, names, np.zeros(len(names)), transfer)
    assert total == pytest.approx(brute_force(names, weights, transfer, [len(names)])[-1][0], abs=1e-9)


def test_a_tie_goes_by_name():
    names = ("c", "a", "b")
    assert solve(names, np.full(3, 1 / 3), np.zeros((1, 3, 3))).order(0) == ("a", "b", "c")
    assert solve(names, np.full(3, 1 / 3), np.zeros((1, 3, 3)), leave_out=True).order(0) == ("a", "b", "c")


def test_a_domain_that_harms_all_and_itself_is_left_out():
    transfer = np.array([[0.3, 0.0, 0.0], [0.0, 0.3, 0.0], [-0.2, -0.2, -0.1]])
    found = solve(("a", "b", "bad"), np.full(3, 1 / 3), transfer[None], leave_out=True)
    assert found.order(0) == ("a", "b")


def test_a_batch_equals_its_matrices_one_by_one():
    transfer = np.random.default_rng(0).normal(0, 0.1, (50, 5, 5))
    weights = np.full(5, 0.2)
    batch = solve(NAMES[:5], weights, transfer, leave_out=True)
    for at in range(50):
        alone = solve(NAMES[:5], weights, transfer[at][None], leave_out=True)
        assert batch.order(at) == alone.order(0)
        assert batch.order(at, 1) == alone.order(0, 1)


def test_sixteen_domains_find_a_hidden_order():
    """A chain in which a later domain helps all earlier ones has exactly one best order."""
    names = tuple(f"d{k:02}" for k in range(MOST_DOMAINS))
    hidden = np.random.default_rng(5).permutation(MOST_DOMAINS)
    place = np.argsort(hidden)
    transfer = np.where(place[:, None] > place[None, :], 0.01, -0.01)
    found = solve(names, np.full(MOST_DOMAINS, 1 / MOST_DOMAINS), transfer[None])
    assert found.order(0) == tuple(names[at] for at in hidden)


def test_seventeen_domains_are_refused_with_a_hint():
    size = MOST_DOMAINS + 1
    with pytest.raises(CurriculumError, match="at most 16 domains, got 17"):
        solve([f"d{k}" for k in range(size)], np.ones(size), np.zeros((1, size, size)))


def test_which_effects_count():
    """a, then c; b is left out: it takes both effects, a takes c's, c is reset by its own stage."""
    assert counted(("a", "c"), ("a", "b", "c")).tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
