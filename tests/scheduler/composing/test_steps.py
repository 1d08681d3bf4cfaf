"""Dividing steps without losing any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.composing.steps import apportion, cut_evenly, in_rounds

WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 100), min_size=1)


@given(weights=WEIGHTS, spare=st.integers(0, 500), least=st.integers(1, 4))
def test_parts_sum_to_the_total_and_none_is_too_small(weights, spare, least):
    total = least * len(weights) + spare
    parts = apportion(total, weights, least)
    assert sum(parts.values()) == total
    assert list(parts) == list(weights)
    assert min(parts.values()) >= least


@given(steps=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 300), min_size=1), scale=st.floats(0.1, 7))
def test_parts_of_their_own_sum_come_back(steps, scale):
    assert apportion(sum(steps.values()), {name: float(count) for name, count in steps.items()}) == steps
    equal = apportion(7 * len(steps), dict.fromkeys(steps, scale))
    assert set(equal.values()) == {7}


@given(weights=WEIGHTS, total=st.integers(50, 900))
def test_a_part_is_within_one_of_its_share_where_none_is_at_its_least(weights, total):
    parts = apportion(total, weights)
    if min(parts.values()) > 1:
        for name, part in parts.items():
            assert abs(part - total * weights[name] / sum(weights.values())) < 1


def test_remainders_go_to_the_largest_and_then_to_the_first():
    assert apportion(10, {"a": 1.0, "b": 1.0, "c": 1.0}) == {"a": 4, "b": 3, "c": 3}
    assert apportion(10, {"a": 1.0, "b": 4.0, "c": 1.0}) == {"a": 2, "b": 7, "c": 1}


def test_a_total_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="3 steps cannot be divided into 2 parts of at least 2"):
        apportion(3, {"a": 1.0, "b": 1.0}, least=2)


@given(total=st.integers(1, 500), parts=st.integers(1, 9))
def test_rounds_and_pieces_are_as_equal_as_can_be(total, parts):
    for pieces in (in_rounds(total, parts), cut_evenly(total, parts)):
        assert sum(pieces) == total
        assert len(pieces) == parts
        assert max(pieces) - min(pieces) <= 1
