"""Intervals from few seeds: coverage by simulation, the algebra of the variances, p values, Holm."""

from __future__ import annotations

import math
import time
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm, t

from scheduler.statistics.intervals import LEAST_P, Spread, holm, interval, p_value, spread, standard_error, total

SIMULATIONS = 600


def simulate(rng, seed_sd, item_sd, cell_sd, seeds=3, items=60):
    """Two domains whose true statistic is 0."""
    shared = rng.normal(0, seed_sd, (seeds, 1))
    return {
        name: shared + rng.normal(0, item_sd, (1, items)) + rng.normal(0, cell_sd, (seeds, items))
        for name in ("a", "b")
    }


def coverage(seed_sd, item_sd, cell_sd, seeds=3):
    """How often the 95 % interval holds the truth, and its mean width in units of the ideal one."""
    rng = np.random.default_rng(1)
    true_sd = np.sqrt(4 * seed_sd**2 / seeds + 2 * item_sd**2 / 60 + 2 * cell_sd**2 / 60 / seeds)
    found = [interval(simulate(rng, seed_sd, item_sd, cell_sd, seeds)) for _ in range(SIMULATIONS)]
    hits = np.mean([one.low <= 0 <= one.high for one in found])
    return hits, np.mean([one.width for one in found]) / (2 * norm.ppf(0.975) * true_sd)


@pytest.mark.parametrize(
    ("sds", "widest"),
    [((0.05, 0.05, 0.05), 2.3), ((0.0, 0.4, 0.0), 1.1), ((0.0, 0.0, 0.4), 2.2), ((0.05, 0.4, 0.4), 1.9)],
    ids=["seeds dominate", "items dominate", "cells dominate", "all alike"],
)
def test_three_seeds_cover(sds, widest):
    covered, width = coverage(*sds)
    assert covered >= 0.93
    assert width <= widest


def test_ten_seeds_cover_and_are_narrower():
    covered, width = coverage(0.05, 0.05, 0.05, seeds=10)
    assert covered >= 0.93
    assert width <= 1.2


def test_variances_are_searle_s_for_the_two_way_layout_with_one_observation_a_cell():
    """Searle, Casella & McCulloch 1992: expected mean squares σ² + I·σ²_a, σ² + S·σ²_b, σ², each solved for its own."""
    block = np.random.default_rng(0).normal(size=(4, 7)) + np.arange(4)[:, None] + np.arange(7)[None]
    seeds, items = block.shape
    mean, by_seed, by_item = block.mean(), block.mean(axis=1), block.mean(axis=0)
    ms_seed = items * ((by_seed - mean) ** 2).sum() / (seeds - 1)
    ms_item = seeds * ((by_item - mean) ** 2).sum() / (items - 1)
    ms_cell = ((block - by_seed[:, None] - by_item + mean) ** 2).sum() / (seeds - 1) / (items - 1)
    seed, item = (ms_seed - ms_cell) / items, (ms_item - ms_cell) / seeds
    found = spread({"a": block})
    assert found.by_seed == pytest.approx(seed / seeds + ms_cell / (seeds * items))
    assert found.by_item == pytest.approx(item / items)
    assert found.by_cell == pytest.approx(ms_cell / (seeds * items))
    assert found.error**2 == pytest.approx(seed / seeds + item / items + ms_cell / (seeds * items))


def test_the_mean_estimated_variance_is_the_true_one():
    rng = np.random.default_rng(5)
    blocks = [simulate(rng, 0.1, 0.3, 0.2, seeds=4) for _ in range(2000)]
    true = 4 * 0.1**2 / 4 + 2 * 0.3**2 / 60 + 2 * 0.2**2 / 60 / 4
    assert np.mean([spread(one).error ** 2 for one in blocks]) == pytest.approx(true, rel=0.05)
    assert np.var([total(one) for one in blocks]) == pytest.approx(true, rel=0.1)


def test_seeds_alone_give_the_t_interval():
    found = interval({"a": np.array([[0.1], [0.2], [0.6]])})
    assert found.width == pytest.approx(2 * t.ppf(0.975, 2) * np.std([0.1, 0.2, 0.6], ddof=1) / math.sqrt(3))
    assert found.n == 3


def test_one_seed_gives_the_t_interval_over_items():
    block = np.random.default_rng(0).normal(0.5, 0.2, (1, 12))
    found = interval({"a": block})
    assert found.width == pytest.approx(2 * t.ppf(0.975, 11) * block.std(ddof=1) / math.sqrt(12))


def test_seeds_that_agree_by_chance_leave_what_single_cells_demand():
    """Each of three seeds is better on one item of its own: equal sums by seed, and nothing is sure all the same."""
    block = np.zeros((3, 100))
    block[[0, 1, 2], [10, 40, 70]] = 1.0
    found = spread({"a": block})
    assert (found.by_seed, found.by_item) == (pytest.approx(0), pytest.approx(0))
    assert found.half_width() > 0.01
    assert p_value({"a": block}) > 0.05


def test_no_variance_no_width_and_no_doubt():
    blocks = {"a": np.full((3, 5), 0.5)}
    found = interval(blocks)
    assert (found.low, found.high) == pytest.approx((0.5, 0.5), abs=1e-12)
    assert p_value(blocks) == LEAST_P
    assert p_value({"a": np.zeros((3, 5))}) == 1.0


def test_one_item_and_one_seed_have_no_spread_to_show():
    found = interval({"a": np.array([[0.5]])})
    assert found.low == found.high == 0.5


def test_a_domain_of_one_item_does_not_silence_the_others():
    rng = np.random.default_rng(0)
    one, many = rng.random((3, 1)), np.tile(rng.random((1, 50)), (3, 1))
    found = spread({"one": np.full((3, 1), one[0]), "many": many})
    assert found.items == 50
    assert found.half_width() == pytest.approx(t.ppf(0.975, 49) * many.std(axis=1, ddof=1)[0] / math.sqrt(50))


@pytest.mark.parametrize("seeds", [(2, 3), (0, 0)])
def test_different_seed_counts_and_none_are_refused(seeds):
    with pytest.raises(ValueError, match="same seeds"):
        spread({"a": np.zeros((seeds[0], 5)), "b": np.zeros((seeds[1], 5))})


SPREADS = st.builds(
    Spread,
    seeds=st.integers(1, 12),
    items=st.integers(1, 300),
    by_seed=st.sampled_from([0.0, 1e-8, 1e-4, 0.01]),
    by_mean=st.sampled_from([0.0, 1e-7, 1e-4, 0.02]),
    by_cell=st.sampled_from([0.0, 1e-7, 1e-4, 0.02]),
)


@given(SPREADS, st.floats(-1, 1), st.floats(1e-9, 1 - 1e-9))
def test_p_and_interval_agree(found, estimate, p):
    """p is at most 1 − level just where the interval of that level does not reach 0."""
    half = found.half_width(1 - p)
    assume(abs(abs(estimate) - half) > 1e-9 * max(half, 1e-9))
    assert (found.p_value(estimate) <= p) == (abs(estimate) >= half)
    assert LEAST_P <= found.p_value(estimate) <= 1


@given(SPREADS, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_higher_levels_are_wider(found, one, other):
    low, high = sorted((one, other))
    assert found.half_width(low) <= found.half_width(high)


BLOCKS = st.tuples(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))


def drawn(shape):
    rng, seeds, *items = shape
    generator = np.random.default_rng(rng)
    return {name: generator.integers(0, 2, (seeds, size)).astype(float) for name, size in zip("ab", items, strict=True)}


@given(BLOCKS, st.randoms(use_true_random=False))
def test_neither_seeds_nor_items_have_an_order(shape, random):
    blocks = drawn(shape)
    seeds = random.sample(range(shape[1]), shape[1])
    mixed = {
        name: block[seeds][:, random.sample(range(block.shape[1]), block.shape[1])] for name, block in blocks.items()
    }
    plain, other = interval(blocks), interval(mixed)
    assert (other.estimate, other.low, other.high) == pytest.approx((plain.estimate, plain.low, plain.high), abs=1e-9)


@given(BLOCKS, st.floats(-3, 3), st.floats(-1, 1))
def test_intervals_scale_and_shift_with_the_scores(shape, factor, shift):
    blocks = drawn(shape)
    moved = {name: factor * block + shift for name, block in blocks.items()}
    assert standard_error(moved) == pytest.approx(abs(factor) * standard_error(blocks), abs=1e-9)
    assert total(moved) == pytest.approx(factor * total(blocks) + 2 * shift, abs=1e-9)


P_VALUES = st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=6)


@given(P_VALUES, st.sets(st.integers(), max_size=3))
def test_holm_s_laws(p_values, untested):
    """Never below p nor above Bonferroni, in the order of p, and 1 at most; what was not tested changes nothing."""
    found = holm(p_values)
    assert found.keys() == p_values.keys()
    assert holm(p_values | dict.fromkeys(untested)) == found
    for name, p in p_values.items():
        assert p <= found[name] <= min(1.0, len(p_values) * p)
    for one, other in permutations(p_values, 2):
        assert p_values[one] > p_values[other] or found[one] <= found[other]


@given(P_VALUES, st.floats(0.001, 0.5))
def test_holm_rejects_step_by_step(p_values, level):
    """The textbook's procedure: smallest first, against level / (how many are left), until one fails."""
    rejected, left = set(), sorted(p_values, key=p_values.__getitem__)
    while left and p_values[left[0]] * len(left) <= level:
        rejected.add(left.pop(0))
    assert {name for name, p in holm(p_values).items() if p <= level} == rejected


def test_thirty_six_intervals_with_p_values_take_less_than_a_second():
    blocks = {f"d{k}": np.random.default_rng(k).random((3, 150)) for k in range(6)}
    start = time.process_time()
    for _ in range(36):
        interval(blocks)
        p_value(blocks)
    assert time.process_time() - start < 1.0
