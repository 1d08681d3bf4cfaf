"""Every ordering: a permutation, blind to input order; and what sets each apart."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.constraint_checks import KEEPERS
from scheduler.linear_ordering.limits import Limits
from scheduler.orderings import MEASURED, ORDERINGS, OrderingInput
from scheduler.orderings.random import random_orders
from tests.support.properties import examples
from tests.support.scheduler import CREATIVE, NAMES


def make_input(names=NAMES[:4], seed=0, **changes):
    rng = np.random.default_rng(seed)
    size = len(names)
    values = {
        "domains": tuple(names),
        "kinds": tuple("creative" if name in CREATIVE else "structured" for name in names),
        "weights": np.full(size, 1 / size),
        "base": rng.random(size),
        "transfer": rng.normal(0, 0.1, (size, size)),
        "delta_entropy": tuple(rng.normal(size=size).tolist()),
        "given": tuple(names[::-1]),
    }
    return OrderingInput(**(values | changes))


@pytest.mark.parametrize("name", sorted(ORDERINGS))
@given(seed=st.integers(0, 1000), size=st.integers(1, 6), random=st.randoms(use_true_random=False))
@examples(20)
def test_an_ordering_is_a_permutation_and_blind_to_the_input_order(name, seed, size, random):
    data = make_input(NAMES[:size], seed)
    places = list(range(size))
    random.shuffle(places)
    turned = OrderingInput(
        domains=tuple(data.domains[at] for at in places),
        kinds=tuple(data.kinds[at] for at in places),
        weights=data.weights[places],
        base=data.base[places],
        transfer=data.transfer[np.ix_(places, places)],
        delta_entropy=tuple(data.delta_entropy[at] for at in places),
        given=data.given,
    )
    order = ORDERINGS[name](data)
    assert sorted(order) == sorted(data.domains)
    assert ORDERINGS[name](turned) == order


@pytest.mark.parametrize("name", sorted(ORDERINGS))
def test_those_that_keep_limits_do_and_no_other_looks_at_them(name):
    # In every order but those that begin with the domain that the ordering puts last, it exceeds its limit.
    data = make_input()
    last = data.domains.index(ORDERINGS[name](data)[-1])
    limits = Limits.certain(np.array([last]), np.array([False]), np.array([0.0]), np.ones((1, len(data.domains))))
    held = ORDERINGS[name](replace(data, limits=limits))
    assert (held[0] == data.domains[last]) is (name in KEEPERS)
    assert (held == ORDERINGS[name](data)) is (name not in KEEPERS)


def test_entropy_puts_falling_first():
    data = make_input(("a", "b", "c"), delta_entropy=(0.5, -0.5, 0.0))
    assert ORDERINGS["entropy"](data) == ("b", "c", "a")


def test_entropy_without_measurements_goes_by_kind():
    data = make_input(("poems", "stories", "sums"), delta_entropy=(-1.0, None, 2.0))
    assert ORDERINGS["entropy"](data) == ("sums", "poems", "stories")


def test_greedy_takes_the_best_teacher_of_the_rest():
    """By hand: means on the others are a 0.2, b 0.45, c 0.1; then of a and c, a gives c 0.3, c gives a 0.1."""
    scores = np.array([[0.9, 0.1, 0.3], [0.4, 0.9, 0.5], [0.1, 0.1, 0.9]])
    data = make_input(("a", "b", "c"), base=np.zeros(3), transfer=scores)
    assert ORDERINGS["greedy"](data) == ("b", "a", "c")


def test_reverse_is_the_worst_order():
    data = make_input(NAMES[:5])
    totals = {}
    for order in itertools.permutations(range(5)):
        totals[order] = sum(data.transfer[i, j] for a, j in enumerate(order) for i in order[a + 1 :])
    worst = min(totals, key=totals.get)
    assert ORDERINGS["reverse"](data) == tuple(data.domains[at] for at in worst)


def test_random_orders_are_distinct_until_none_is_left():
    orders = random_orders(("a", "b", "c"), 0, 14)
    assert len(set(orders[:6])) == 6
    assert len(set(orders[6:12])) == 6
    assert orders[:4] == random_orders(("a", "b", "c"), 0, 4)


def test_another_seed_gives_other_random_orders():
    assert random_orders(NAMES, 0, 3) != random_orders(NAMES, 1, 3)


def test_given_keeps_the_users_order_of_what_is_kept():
    assert ORDERINGS["given"](make_input(("a", "b", "c"), given=("c", "a", "b")).only({"a", "c"})) == ("c", "a")


def test_only_takes_rows_and_columns():
    data = make_input(NAMES[:4]).only({"sort", "stories"})
    full = make_input(NAMES[:4])
    assert data.domains == ("sort", "stories")
    assert np.array_equal(data.transfer, full.transfer[np.ix_([1, 3], [1, 3])])


def test_measured_orderings_are_those_that_need_a_matrix():
    assert set(ORDERINGS) - MEASURED == {"given", "random"}
