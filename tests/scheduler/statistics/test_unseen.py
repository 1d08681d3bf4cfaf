"""What items that did alike leave open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.interval import Interval
from scheduler.statistics.unseen import alike, hidden, least, open_by, widened
from tests.support.properties import examples


@given(st.integers(1, 2000), st.floats(0.5, 0.99))
@examples(60)
def test_more_items_leave_less_open_and_surer_ends_lie_further_out(items, level):
    assert least(items) > least(items + 1)
    assert least(items, level) < least(items, level + 0.005)


@pytest.mark.parametrize("items", [40, 100, 400])
def test_it_is_near_the_rule_of_three(items):
    assert least(items) == pytest.approx(3 / items, rel=0.12)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
@examples(60)
def test_widened_reaches_as_far_as_asked_and_never_less_than_before(value, half, least_half):
    before = Interval.of(value, value - half, value + half, 3)
    found = widened(before, least_half)
    assert (found.estimate, found.n) == (value, 3)
    assert found.width == pytest.approx(2 * max(half, least_half))


@given(st.integers(0, 100), st.integers(3, 60))
@examples(60)
def test_half_of_the_cells_decide(moved, items):
    block = np.zeros((2, items))
    count = min(moved, 2 * items)
    block.flat[:count] = np.arange(1, count + 1)
    assert alike(block) == (2 * (2 * items - count) >= 2 * items or count <= 1)


def test_the_domain_that_leaves_most_open_counts_and_those_that_vary_do_not():
    rng = np.random.default_rng(0)
    blocks = {"few": np.zeros((3, 20)), "many": np.zeros((3, 200)), "noisy": rng.normal(size=(3, 5))}
    scales = dict.fromkeys(blocks, 0.25)
    assert open_by(blocks, scales) == pytest.approx(0.25 * least(20))
    assert open_by({"noisy": blocks["noisy"]}, scales) == hidden({"noisy": blocks["noisy"]}, scales, 0.1) == 0.0
    assert hidden(blocks, scales, 0.01) == pytest.approx(np.exp(-0.01 * 20 / 0.25))
    # A domain that does not count leaves nothing open.
    assert hidden({"few": blocks["few"]}, {"few": 0.0}, 0.01) == 0.0


@pytest.mark.parametrize("size", [0.02, 0.1])
def test_what_is_hidden_is_hidden_no_oftener(size):
    """Of 40 items none is drawn of the share `size` that moves."""
    drawn = np.random.default_rng(1).random((4000, 40)) < size
    assert (~drawn.any(axis=1)).mean() <= hidden({"": np.zeros((3, 40))}, {"": 1.0}, size) + 0.02
