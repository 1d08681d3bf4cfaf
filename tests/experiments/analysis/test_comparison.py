"""Verdicts, and what they may not say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.interval import Interval
from experiments.analysis.comparison import compare, decide
from scheduler.statistics import draw, interval

WEIGHTS = {"a": 1.0, "b": 3.0}


def scores(mean, noise=0.0, seeds=3, items=100, rng=0, spread=0.2):
    """Two domains; items differ by `spread` alike in every arm, seeds by `noise`."""
    own, shared = np.random.default_rng(rng), np.random.default_rng(99)
    return {name: mean + noise * own.normal(size=(seeds, 1)) + spread * shared.normal(size=(1, items)) for name in "ab"}


def numbers(found):
    gain = found.relative_gain
    return gain.estimate, gain.low, gain.high


def test_a_clear_gain_is_better_and_the_mirror_is_worse():
    good, bad = scores(0.66, 0.002, rng=1), scores(0.6, 0.002, rng=2)
    found, mirror = compare("x", "y", good, bad, WEIGHTS), compare("y", "x", bad, good, WEIGHTS)
    assert (found.verdict, mirror.verdict) == ("better", "worse")
    assert 0 < found.relative_gain.low <= found.relative_gain.estimate <= found.relative_gain.high
    assert found.relative_gain.estimate == pytest.approx(0.1, abs=0.02)
    assert (found.seeds, found.items, found.note) == (3, 200, "")


def test_noise_is_underpowered_and_says_nothing_else():
    assert compare("x", "y", scores(0.62, 0.1, rng=1), scores(0.6, 0.1, rng=2), WEIGHTS).verdict == "underpowered"


def test_near_equality_with_little_noise_is_indistinguishable():
    arm, base = scores(0.6, 0.001, seeds=6, rng=1), scores(0.6, 0.001, seeds=6, rng=3)
    assert compare("x", "y", arm, base, WEIGHTS).verdict == "indistinguishable"
    assert compare("x", "y", arm, base, WEIGHTS, smallest=1e-6).verdict == "underpowered"


@given(st.integers(0, 200), st.integers(1, 5), st.floats(0, 0.3))
@settings(max_examples=30, deadline=None)
def test_identical_arms_are_never_better_or_worse(rng, seeds, noise):
    one = {name: block.clip(0.05, 1) for name, block in scores(0.6, noise, seeds=seeds, rng=rng).items()}
    found = compare("x", "y", one, {name: block.copy() for name, block in one.items()}, WEIGHTS)
    assert found.verdict == "indistinguishable"
    assert numbers(found) == pytest.approx((0, 0, 0), abs=1e-12)


def test_equal_arms_are_seldom_called_different():
    """300 pairs of arms with the same truth and three seeds: at most about 5 % get a wrong verdict."""
    wrong = 0
    for rng in range(300):
        arm, base = scores(0.6, 0.05, rng=2 * rng), scores(0.6, 0.05, rng=2 * rng + 1)
        wrong += compare("x", "y", arm, base, WEIGHTS, resamples=400).verdict in {"better", "worse"}
    assert wrong / 300 <= 0.09


def test_item_difficulty_cancels_in_pairs():
    """Items of very different difficulty do not blur a difference that every item shows."""
    arm, base = scores(0.63, 0.001, rng=1, spread=3.0), scores(0.6, 0.001, rng=2, spread=3.0)
    plain = interval(arm, draw(arm))
    found = compare("x", "y", arm, base, WEIGHTS)
    assert plain.width > 0.6
    assert found.absolute_gain == pytest.approx(0.03, abs=0.005)


@given(st.floats(0.1, 50))
@settings(max_examples=15, deadline=None)
def test_weights_are_normalised(factor):
    arm, base = scores(0.66, 0.02, rng=1), scores(0.6, 0.02, rng=2)
    plain = compare("x", "y", arm, base, WEIGHTS)
    scaled = compare("x", "y", arm, base, {name: factor * weight for name, weight in WEIGHTS.items()})
    assert numbers(scaled) == pytest.approx(numbers(plain))


def test_a_failed_seed_is_left_out_of_both_arms():
    arm, base = scores(0.66, 0.002, seeds=4, rng=1), scores(0.6, 0.002, seeds=4, rng=2)
    kept = [0, 1, 3]
    whole = compare("x", "y", {n: b[kept] for n, b in arm.items()}, {n: b[kept] for n, b in base.items()}, WEIGHTS)
    arm["a"][2] = np.nan
    found = compare("x", "y", arm, base, WEIGHTS)
    assert found.seeds == 3
    assert found.relative_gain == whole.relative_gain
    assert found.note == "1 of 4 seeds failed in one of the arms."


def test_no_common_seed_is_underpowered_and_says_why():
    arm, base = scores(0.6, seeds=2), scores(0.6, seeds=2)
    arm["a"][0], base["b"][1] = np.nan, np.nan
    found = compare("x", "y", arm, base, WEIGHTS)
    assert (found.verdict, found.seeds) == ("underpowered", 0)
    assert found.relative_gain == Interval.unknown("no seed finished in both arms")


def test_one_seed_is_flagged():
    found = compare("x", "y", scores(0.66, seeds=1), scores(0.6, seeds=1), WEIGHTS)
    assert "One seed" in found.note


def test_a_baseline_at_zero_has_no_relative_gain():
    zero = {name: np.zeros((3, 10)) for name in "ab"}
    found = compare("x", "y", {name: block + 0.5 for name, block in zero.items()}, zero, WEIGHTS)
    assert (found.relative_gain.estimate, found.absolute_gain, found.verdict) == (None, 0.5, "underpowered")
    assert (found.seeds, found.relative_gain.missing) == (3, "the baseline scores 0, so nothing is relative to it")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.001, 0.5, "better"),
        (-0.5, -0.001, "worse"),
        (-0.02, 0.02, "indistinguishable"),
        (0.0, 0.01, "indistinguishable"),
        (-0.021, 0.0, "underpowered"),
        (-0.5, 0.5, "underpowered"),
    ],
)
def test_the_verdict_rule(low, high, verdict):
    assert decide(Interval.of((low + high) / 2, low, high, 3)) == verdict
