"""Orders within limits against brute force, and their laws."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domains.errors import CurriculumError
from scheduler.linear_ordering.best_orders import solve as solve_any
from scheduler.linear_ordering.exact import MOST_DOMAINS, solve
from scheduler.linear_ordering.limits import Limits
from scheduler.prediction.predict import predict
from tests.support.properties import examples
from tests.support.scheduler import NAMES


@st.composite
def problems(draw, most=5, lowest=-6):
    """Names, weights, a transfer matrix and limits, all in sixteenths, so that ties and limits just reached occur."""
    size = draw(st.integers(1, most))

    def cells(count, low=-6, high=6):
        return np.array(draw(st.lists(st.integers(low, high), min_size=count, max_size=count)), float) / 16

    count = draw(st.integers(1, 2 * size))
    on = np.array(draw(st.lists(st.integers(0, size - 1), min_size=count, max_size=count)))
    after = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    limits = Limits.certain(on, after, cells(count, lowest), cells(count * size).reshape(-1, size))
    if draw(st.booleans()):
        doubt = np.abs(cells(count * (size + 1)).reshape(count, -1))
        units = np.array(draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)))
        limits = replace(limits, doubt=doubt, units=units)
    weights = np.array(draw(st.lists(st.integers(1, 4), min_size=size, max_size=size)), float)
    names = tuple(draw(st.permutations(NAMES[:size])))
    return names, weights / weights.sum(), cells(size * size).reshape(size, size), limits


def excess(names, order, limits):
    """Above all limits, in sum; by hand."""
    total = 0.0
    for row, on in enumerate(limits.on):
        place = order.index(names[on])
        side = [names.index(name) for name in (order[place + 1 :] if limits.after[row] else order[:place])]
        margins = {unit: sum(limits.doubt[row, at] for at in side if limits.units[at] == unit) for unit in range(9)}
        margin = np.sqrt(limits.doubt[row, -1] ** 2 + sum(one**2 for one in margins.values()))
        total += max(0.0, limits.start[row] + sum(limits.effects[row, at] for at in side) + margin)
    return total


def ranked(names, weights, transfer, limits):
    """(excess, total, order) of all orders, the least excess first, then the best total."""
    base = np.zeros(len(names))
    found = [
        (round(excess(names, order, limits), 7), float(weights @ predict(order, names, base, transfer)), order)
        for order in itertools.permutations(names)
    ]
    return sorted(found, key=lambda one: (one[0], -one[1]))


@given(problems())
@examples(80)
def test_best_and_runner_up_equal_brute_force_also_where_no_order_keeps_all(problem):
    names, weights, transfer, limits = problem
    found = solve(names, weights, transfer[None], limits=limits)
    rows = ranked(*problem)
    totals = {order: (over, total) for over, total, order in rows}
    assert totals[found.order(0)] == pytest.approx(rows[0][:2], abs=1e-9)
    at = [names.index(name) for name in found.order(0)]
    assert limits.excess_of(at).sum() == pytest.approx(rows[0][0], abs=1e-6)
    assert found.gains[0, 0] == pytest.approx(rows[0][1], abs=1e-9)
    alike = [row for row in rows if row[0] == rows[0][0]]
    if len(alike) > 1:
        assert found.order(0, 1) != found.order(0)
        assert totals[found.order(0, 1)] == pytest.approx(alike[1][:2], abs=1e-9)
        assert found.gains[0, 1] == pytest.approx(alike[1][1], abs=1e-9)
    else:
        assert found.gains[0, 1] == -np.inf


def test_best_and_runner_up_equal_brute_force_of_six():
    rng = np.random.default_rng(6)
    names, size = NAMES[:6], 6
    transfer = rng.normal(0, 0.1, (size, size))
    limits = Limits.certain(np.arange(size), np.ones(size, bool), np.full(size, -0.05), -transfer.T)
    found = solve(names, np.full(size, 1 / size), transfer[None], limits=limits)
    first, second, *_ = ranked(names, np.full(size, 1 / size), transfer, limits)
    assert (found.order(0), found.order(0, 1)) == (first[2], second[2])
    assert found.order(0) != solve(names, np.full(size, 1 / size), transfer[None]).order(0)


@given(problems())
@examples(60)
def test_limits_that_no_order_reaches_change_nothing(problem):
    names, weights, transfer, limits = problem
    wide = replace(limits, start=-np.abs(limits.effects).sum(axis=1) - limits.doubt.sum(axis=1))
    free, held = solve(names, weights, transfer[None]), solve(names, weights, transfer[None], limits=wide)
    assert np.array_equal(held.orders[0, 0], free.orders[0, 0])
    assert np.array_equal(held.gains, free.gains)
    assert len(names) < 2 or np.array_equal(held.orders, free.orders)


@given(problems(), st.randoms(use_true_random=False))
@examples(60)
def test_permuting_domains_permutes_the_result_even_where_orders_tie(problem, random):
    names, weights, transfer, limits = problem
    places = list(range(len(names)))
    random.shuffle(places)
    turned = solve(
        tuple(names[at] for at in places),
        weights[places],
        transfer[np.ix_(places, places)][None],
        limits=limits.only(places),
    )
    assert turned.order(0) == solve(names, weights, transfer[None], limits=limits).order(0)


@given(problems(lowest=-12), st.integers(0, 8))
@examples(80)
def test_loosening_limits_that_can_be_kept_never_lowers_the_total(problem, more):
    names, weights, transfer, limits = problem
    tight = solve(names, weights, transfer[None], limits=limits)
    assume(excess(names, tight.order(0), limits) <= 1e-12)
    loose = replace(limits, start=limits.start - more / 16)
    assert solve(names, weights, transfer[None], limits=loose).gains[0, 0] >= tight.gains[0, 0]


@given(problems())
@examples(40)
def test_each_matrix_of_a_batch_is_solved_within_the_same_limits(problem):
    names, weights, transfer, limits = problem
    batch = solve(names, weights, np.stack([transfer, -transfer]), limits=limits)
    for at, one in enumerate((transfer, -transfer)):
        alone = solve(names, weights, one[None], limits=limits)
        assert batch.order(at) == alone.order(0)
        assert np.array_equal(batch.gains[at], alone.gains[0])


def test_limits_on_dropped_domains_are_dropped():
    effects = np.arange(6.0).reshape(2, 3)
    limits = Limits.certain(np.array([0, 2]), np.array([True, False]), np.array([0.1, 0.2]), effects)
    kept = limits.only([2, 1])
    assert (kept.on.tolist(), kept.after.tolist(), kept.start.tolist()) == ([0], [False], [0.2])
    assert kept.effects.tolist() == [[5.0, 4.0]]
    assert kept.doubt.tolist() == [[0.0, 0.0, 0.0]]
    assert kept.units.tolist() == [2, 1]


def test_limits_are_refused_where_they_cannot_be_held():
    size = MOST_DOMAINS + 1
    names = tuple(f"d{at}" for at in range(size))
    limits = Limits.certain(np.array([0]), np.array([True]), np.array([0.0]), np.zeros((1, size)))
    with pytest.raises(CurriculumError, match="at most 16 domains"):
        solve_any(names, np.ones(size), np.zeros((1, size, size)), limits=limits)
    with pytest.raises(ValueError, match="orders of all domains"):
        solve(names[:1], np.ones(1), np.zeros((1, 1, 1)), leave_out=True, limits=limits.only([0]))
