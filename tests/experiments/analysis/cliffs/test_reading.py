"""Readings of shares that hardly vary."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.cliffs.reading import GAP, SHARE, additive, careful, finite, opened
from experiments.measures.value import LEAST_ITEMS
from scheduler.statistics.intervals import interval
from scheduler.statistics.unseen import least


@pytest.mark.parametrize("ends", [SHARE, GAP])
def test_that_no_answer_was_cut_among_few_does_not_say_that_none_will_be(ends):
    """0 of 40 in three seeds had an interval from 0 to 0."""
    none = np.zeros((3, 40))
    found = additive((none, none), "", ends=ends)
    assert found.value.interval.high == found.change.interval.high == pytest.approx(least(40))
    assert found.value.interval.low == max(ends[0], -least(40))
    assert found.change.interval.low == -least(40)


def test_values_that_vary_have_their_own_interval():
    some = np.random.default_rng(0).random((3, 40))
    assert opened(interval({"": some}), some) == interval({"": some})


def test_what_is_left_open_is_what_two_items_more_leave():
    none = np.zeros((4, 60))
    assert opened(interval({"": none}), none).high == pytest.approx(careful(none, GAP).high)


@pytest.mark.parametrize("items", [1, 2, LEAST_ITEMS - 1, LEAST_ITEMS])
def test_a_mean_over_too_few_items_has_a_number_and_no_interval(items):
    """Of one item the interval was a point, and of two it excluded 0 more often than it said."""
    before = np.full((1, 60), np.nan)
    before[:, :items] = np.random.default_rng(0).random(items) + 1
    found = finite((before, before + 1), "").change
    assert found.interval.estimate == pytest.approx(1)
    assert (found.interval.ends is None) == (items < LEAST_ITEMS)
    assert items >= LEAST_ITEMS or f"{items} of at least {LEAST_ITEMS} items" in found.reason
