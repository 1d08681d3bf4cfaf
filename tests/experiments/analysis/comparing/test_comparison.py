"""Verdicts, and what they may not say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.interval import Interval
from experiments.analysis.comparing.comparison import compare, decide, pair
from scheduler.statistics.intervals import interval, spread
from scheduler.statistics.unseen import least
from tests.support.properties import examples

WEIGHTS = {"a": 1.0, "b": 3.0}
ROPE = 0.01


def scores(mean, noise=0.0, seeds=3, items=100, rng=0, spread=0.2):
    """Two domains; items differ by `spread` alike in every arm, seeds by `noise`."""
    own, shared = np.random.default_rng(rng), np.random.default_rng(99)
    return {name: mean + noise * own.normal(size=(seeds, 1)) + spread * shared.normal(size=(1, items)) for name in "ab"}


def alone(arm, base, weights=WEIGHTS, rope=ROPE):
    """The only pair of a report."""
    return compare([pair("x", "y", arm, base, weights)], rope)[0]


def numbers(found):
    return found.absolute.estimate, found.absolute.low, found.absolute.high


def test_a_clear_gain_is_better_and_the_mirror_is_worse():
    good, bad = scores(0.66, 0.002, rng=1), scores(0.6, 0.002, rng=2)
    found, mirror = alone(good, bad), alone(bad, good)
    assert (found.verdict, mirror.verdict) == ("better", "worse")
    assert found.primary
    assert 0 < found.absolute.low <= found.absolute.estimate <= found.absolute.high
    assert found.absolute.estimate == pytest.approx(0.06, abs=0.01)
    assert found.relative.low > 0
    assert found.relative.estimate == pytest.approx(0.1, abs=0.02)
    assert found.p == found.p_adjusted <= 0.05
    assert (found.seeds, found.items, found.note) == (3, 200, "")


def test_noise_is_undecided_and_says_what_would_settle_it():
    found = alone(scores(0.62, 0.1, rng=1), scores(0.6, 0.1, rng=2))
    assert found.verdict == "undecided"
    assert found.p > 0.05
    assert found.detectable > max(abs(found.absolute.estimate), found.absolute.width / 2)
    assert found.seeds_needed > 3


def test_near_equality_with_little_noise_is_equivalent():
    arm, base = scores(0.6, 0.001, seeds=6, rng=1), scores(0.6, 0.001, seeds=6, rng=3)
    assert alone(arm, base).verdict == "equivalent"
    assert alone(arm, base, rope=1e-6).verdict == "undecided"


def test_a_sure_gain_that_is_too_small_says_both():
    good, bad = scores(0.604, 0.0005, seeds=6, rng=1), scores(0.6, 0.0005, seeds=6, rng=2)
    assert (alone(good, bad).verdict, alone(bad, good).verdict) == ("better_but_small", "worse_but_small")
    assert alone(good, bad, rope=1e-4).verdict == "better"


@given(st.integers(0, 400), st.integers(3, 6), st.floats(0.0005, 0.05))
@examples(60)
def test_equivalent_is_a_90_percent_interval_within_the_rope(rng, seeds, rope):
    arm = scores(0.6, 0.01, seeds=seeds, rng=2 * rng)
    base = scores(0.6, 0.01, seeds=seeds, rng=2 * rng + 1)
    found = alone(arm, base, rope=rope)
    difference = pair("x", "y", arm, base, WEIGHTS).difference
    narrow, half = interval(difference, 0.9), spread(difference).half_width(0.95)
    within = -rope < narrow.low and narrow.high < rope
    assert (found.verdict in ("equivalent", "better_but_small", "worse_but_small")) == within
    assert (found.verdict in ("equivalent", "undecided")) == (abs(found.absolute.estimate) < half)


@given(st.integers(0, 200), st.integers(1, 5), st.floats(0, 0.3))
@examples(30)
def test_identical_arms_are_never_better_or_worse(rng, seeds, noise):
    one = {name: block.clip(0.05, 1) for name, block in scores(0.6, noise, seeds=seeds, rng=rng).items()}
    found = alone(one, {name: block.copy() for name, block in one.items()}, rope=0.1)
    assert found.verdict == ("equivalent" if seeds >= 3 else "undecided")
    # As much as the rule of three leaves open, and no more.
    half = 0.75 * least(100)
    assert numbers(found) == pytest.approx((0, -half, half), abs=1e-12)


@pytest.mark.parametrize(("items", "verdict"), [(60, "undecided"), (400, "equivalent")])
@pytest.mark.parametrize("seeds", [3, 10])
def test_that_no_item_differs_is_known_by_the_items_and_not_by_the_seeds(items, verdict, seeds):
    """An item that differs may do so with every seed: of 60 items in each of two domains none of the share of 1 % that
    differs in truth is drawn in up to .45 of cases."""
    one = {name: np.zeros((seeds, items)) for name in WEIGHTS}
    assert alone(one, {name: block.copy() for name, block in one.items()}).verdict == verdict


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [3, 5])
def test_equal_arms_are_seldom_called_different(seeds):
    """400 pairs of arms with the same truth: at most about 5 % get a wrong verdict."""
    wrong = 0
    for rng in range(400):
        arm, base = scores(0.6, 0.05, seeds, rng=2 * rng), scores(0.6, 0.05, seeds, rng=2 * rng + 1)
        wrong += alone(arm, base).verdict in {"better", "worse"}
    assert wrong / 400 <= 0.07


def test_item_difficulty_cancels_in_pairs():
    """Items of very different difficulty do not blur a difference that every item shows."""
    arm, base = scores(0.63, 0.001, rng=1, spread=3.0), scores(0.6, 0.001, rng=2, spread=3.0)
    assert interval(arm).width > 0.6
    assert alone(arm, base).absolute.estimate == pytest.approx(0.03, abs=0.005)
    assert alone(arm, base).verdict == "better"


@given(st.floats(0.1, 50))
@examples(15)
def test_weights_are_normalised(factor):
    arm, base = scores(0.66, 0.02, rng=1), scores(0.6, 0.02, rng=2)
    scaled = alone(arm, base, {name: factor * weight for name, weight in WEIGHTS.items()})
    assert numbers(scaled) == pytest.approx(numbers(alone(arm, base)))


def test_a_failed_seed_is_left_out_of_both_arms():
    arm, base = scores(0.66, 0.002, seeds=4, rng=1), scores(0.6, 0.002, seeds=4, rng=2)
    kept = [0, 1, 3]
    whole = alone({n: b[kept] for n, b in arm.items()}, {n: b[kept] for n, b in base.items()})
    arm["a"][2] = np.nan
    found = alone(arm, base)
    assert found.seeds == 3
    assert (found.absolute, found.relative) == (whole.absolute, whole.relative)
    assert found.note == "1 of 4 seeds failed in one of the arms."


def test_no_common_seed_is_undecided_and_says_why():
    arm, base = scores(0.6, seeds=2), scores(0.6, seeds=2)
    arm["a"][0], base["b"][1] = np.nan, np.nan
    found = alone(arm, base)
    assert (found.verdict, found.seeds, found.p, found.detectable) == ("undecided", 0, None, None)
    assert found.absolute == found.relative == Interval.unknown("no seed finished in both arms")


@pytest.mark.parametrize("seeds", [1, 2])
def test_two_seeds_claim_nothing_however_clear_it_looks(seeds):
    good, bad = scores(0.9, 0.001, seeds=seeds, rng=1), scores(0.1, 0.001, seeds=seeds, rng=2)
    found = alone(good, bad)
    assert (found.verdict, found.p_adjusted, found.detectable) == ("undecided", None, None)
    assert found.absolute.low > 0
    assert (found.p is None) == (seeds == 1)
    assert ("One seed" if seeds == 1 else "Two seeds cannot tell") in found.note
    assert (found.seeds_needed is None) == (seeds == 1)


def test_a_baseline_at_zero_has_no_relative_gain_and_a_verdict_all_the_same():
    zero = {name: np.zeros((3, 10)) for name in "ab"}
    found = alone({name: block + 0.5 for name, block in zero.items()}, zero)
    assert (found.relative.estimate, found.absolute.estimate, found.verdict) == (None, 0.5, "better")
    assert found.relative.missing == "the baseline is too near 0 for anything to be relative to it"
    assert found.seeds == 3


def test_one_item_of_two_hundred_against_none_is_no_claim():
    """It was called worse by 100 % once, since the relative gain of 0 over anything is −100 % in every resample."""
    arm = {name: np.zeros((3, 100)) for name in "ab"}
    base = {name: block.copy() for name, block in arm.items()}
    base["a"][:, 7] = 1.0
    assert alone(arm, base).p > 0.05
    assert alone(arm, base, rope=0.004).verdict == "undecided"


@pytest.mark.parametrize(("items", "verdict"), [(20, "undecided"), (200, "equivalent")])
def test_nothing_solved_on_either_side_is_no_equivalence_by_few_items(items, verdict):
    """None of 120 cells differs with probability 30 % where one in a hundred would."""
    nothing = {name: np.zeros((3, items)) for name in "ab"}
    assert alone(nothing, nothing, {"a": 1.0, "b": 1.0}).verdict == verdict


def test_few_items_that_hardly_move_are_no_equivalence():
    """One cell of 400 moved. None is drawn of 4 % of such items that every seed loses in a fifth of cases; that was
    called equivalent within .02 in a third of them."""
    one = {"a": np.repeat((np.arange(40) % 2).astype(float)[None], 10, axis=0)}
    other = {"a": one["a"].copy()}
    other["a"][0, 0] = 1.0
    found = alone(other, one, {"a": 1.0}, rope=0.02)
    assert found.verdict == "undecided"
    assert found.absolute.ends[0] < -0.05 and found.absolute.ends[1] > 0.05
    many = {name: np.tile(block, 30) for name, block in (("a", one["a"]), ("b", other["a"]))}
    assert alone({"a": many["b"]}, {"a": many["a"]}, {"a": 1.0}, rope=0.02).verdict == "equivalent"


@pytest.mark.parametrize("level", [0.02, 0.98])
def test_an_arm_that_learned_nothing_is_seldom_told_from_the_base_by_its_one_draw(level):
    """Of one domain with one answer an item and ten seeds it was in one of eight."""
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(100):
        base, ours = ({"a": (rng.random((seeds, 100)) < level).astype(float)} for seeds in (1, 10))
        theirs = {"a": np.repeat(base["a"], 10, axis=0)}
        wrong += compare([pair("x", "base", ours, theirs, {"a": 1.0})], ROPE)[0].verdict in {"better", "worse"}
    assert wrong <= 6


def test_items_that_are_too_few_are_said():
    rng = np.random.default_rng(0)
    effects = {name: rng.normal(0, 0.3, (1, 40)) for name in "ab"}
    base = {name: np.full((5, 40), 0.5) + 0.001 * rng.normal(size=(5, 1)) for name in "ab"}
    found = alone({name: block + effects[name] for name, block in base.items()}, base)
    assert (found.verdict, found.seeds_needed) == ("undecided", None)
    assert "test items a domain in place of 40" in found.note


def test_the_first_pair_is_the_primary_one_and_the_others_are_corrected():
    base = scores(0.6, 0.01, rng=0)
    arms = [scores(0.63, 0.01, rng=rng) for rng in range(1, 9)]
    rows = compare([pair(str(k), "y", arm, base, WEIGHTS) for k, arm in enumerate(arms)], ROPE)
    assert [row.primary for row in rows] == [True] + 7 * [False]
    assert rows[0].p_adjusted == rows[0].p
    assert all(row.p_adjusted >= row.p for row in rows[1:])
    assert sum(row.p_adjusted > row.p for row in rows[1:]) >= 6
    assert all((row.verdict in ("better", "worse")) == (row.p_adjusted <= 0.05) for row in rows)


@pytest.mark.parametrize(
    ("estimate", "different", "alike", "verdict"),
    [
        (0.1, True, False, "better"),
        (-0.1, True, False, "worse"),
        (0.1, True, True, "better_but_small"),
        (-0.1, True, True, "worse_but_small"),
        (0.1, False, True, "equivalent"),
        (-0.1, False, False, "undecided"),
    ],
)
def test_the_verdict_rule(estimate, different, alike, verdict):
    assert decide(estimate, different, alike) == verdict
