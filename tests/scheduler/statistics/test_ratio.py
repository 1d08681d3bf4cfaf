"""The interval of a ratio: Fieller's own solution where there is one, and where there is none at all."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from scheduler.statistics.intervals import interval
from scheduler.statistics.ratio import ratio
from tests.support.properties import examples


def blocks(mean, rng, seeds=3, items=80, noise=0.01, spread=0.2):
    """Two domains; items differ alike for every `rng`."""
    own, shared = np.random.default_rng(rng), np.random.default_rng(99)
    return {name: mean + noise * own.normal(size=(seeds, 1)) + spread * shared.normal(size=(1, items)) for name in "ab"}


def test_with_seeds_alone_it_is_fieller_s_textbook_interval():
    """The roots of (A − ρB)² = t²(v11 − 2ρ·v12 + ρ²·v22)."""
    ours, theirs = np.array([0.71, 0.75, 0.69, 0.8]), np.array([0.6, 0.58, 0.63, 0.66])
    found = ratio({"a": ours[:, None]}, {"a": theirs[:, None]})
    v = np.cov(ours, theirs) / 4
    square = t.ppf(0.975, 3) ** 2
    a, b, c = (
        theirs.mean() ** 2 - square * v[1, 1],
        -2 * (ours.mean() * theirs.mean() - square * v[0, 1]),
        ours.mean() ** 2 - square * v[0, 0],
    )
    root = math.sqrt(b * b - 4 * a * c)
    assert found.ends == pytest.approx(((-b - root) / (2 * a), (-b + root) / (2 * a)))
    assert found.estimate == pytest.approx(ours.mean() / theirs.mean())
    assert found.n == 4


@given(st.integers(0, 300), st.integers(2, 6), st.floats(0.3, 0.8), st.floats(0.3, 0.8), st.floats(0, 0.02))
@examples(60)
def test_it_excludes_one_where_the_difference_excludes_zero(rng, seeds, one, other, noise):
    above = blocks(one, 2 * rng, seeds, noise=noise)
    below = blocks(other, 2 * rng + 1, seeds, noise=noise)
    found = ratio(above, below)
    if found.ends is None:
        return
    low, high = found.ends
    apart = interval({name: above[name] - below[name] for name in above})
    assert low <= found.estimate <= high
    if min(abs(apart.low), abs(apart.high)) > 1e-6:
        assert (low > 1, high < 1) == (apart.low > 0, apart.high < 0)


def test_equal_arms_have_the_ratio_one_without_a_doubt():
    one = blocks(0.6, 1)
    assert ratio(one, {name: block.copy() for name, block in one.items()}).ends == pytest.approx((1, 1))


def test_what_is_a_multiple_item_by_item_has_no_width():
    one = blocks(0.6, 1)
    found = ratio({name: 1.5 * block for name, block in one.items()}, one)
    assert (found.low, found.estimate, found.high) == pytest.approx((1.5, 1.5, 1.5), abs=1e-6)


def zero_but(hits, seeds=3, items=100):
    """Scores that are 0 but for some single cells."""
    found = np.zeros((seeds, items))
    for at in range(hits):
        found[at % seeds, at] = 1.0
    return {"a": found}


@pytest.mark.parametrize("below", [zero_but(0), zero_but(1), zero_but(2)], ids=["nothing", "one hit", "two"])
def test_nothing_is_relative_to_a_baseline_near_zero(below):
    found = ratio({"a": np.full((3, 100), 0.5)}, below)
    assert found.estimate is None
    assert found.missing == "the baseline is too near 0 for anything to be relative to it"
    assert found.n == 3


def test_low_but_sure_baselines_have_finite_ends():
    rng = np.random.default_rng(0)
    below = {"a": (rng.random((5, 400)) < 0.05).astype(float)}
    found = ratio({"a": (rng.random((5, 400)) < 0.1).astype(float)}, below)
    assert found.ends is not None
    assert found.width < 10
