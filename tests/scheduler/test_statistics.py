"""Intervals from few seeds: coverage by simulation, and the algebra of the bootstrap."""

from __future__ import annotations

import time

import numpy as np
import pytest

from scheduler.statistics import Z, bootstrap, draw, interval, standard_error, stretch

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
    draws = draw(simulate(rng, 1, 1, 1, seeds), resamples=800)
    true_sd = np.sqrt(4 * seed_sd**2 / seeds + 2 * item_sd**2 / 60 + 2 * cell_sd**2 / 60 / seeds)
    found = [interval(simulate(rng, seed_sd, item_sd, cell_sd, seeds), draws) for _ in range(SIMULATIONS)]
    hits = np.mean([one.low <= 0 <= one.high for one in found])
    return hits, np.mean([one.width for one in found]) / (2 * Z * true_sd)


@pytest.mark.parametrize(
    ("sds", "widest"),
    [((0.05, 0.05, 0.05), 3.0), ((0.0, 0.4, 0.0), 1.2), ((0.0, 0.0, 0.4), 2.2), ((0.05, 0.4, 0.4), 2.0)],
    ids=["seeds dominate", "items dominate", "cells dominate", "all alike"],
)
def test_three_seeds_cover(sds, widest):
    covered, width = coverage(*sds)
    assert covered >= 0.90
    assert width <= widest


def test_ten_seeds_cover_and_are_narrower():
    covered, width = coverage(0.05, 0.05, 0.05, seeds=10)
    assert covered >= 0.90
    assert width <= 1.3


def test_the_plain_percentile_bootstrap_would_not_cover():
    """The reason for the correction: resampling three seeds covers far less than it claims."""
    rng = np.random.default_rng(0)
    hits = 0
    picks = rng.integers(0, 3, (500, 3))
    for _ in range(SIMULATIONS):
        low, high = np.quantile(rng.normal(size=3)[picks].mean(axis=1), [0.025, 0.975])
        hits += low <= 0 <= high
    assert hits / SIMULATIONS < 0.85


def test_bootstrap_variance_is_that_of_the_components():
    blocks = simulate(np.random.default_rng(3), 0.1, 0.3, 0.2, seeds=5)
    samples = bootstrap(blocks, draw(blocks, resamples=20_000))
    assert samples.std() == pytest.approx(standard_error(blocks), rel=0.03)
    assert samples.mean() == pytest.approx(sum(block.mean() for block in blocks.values()), abs=0.005)


def test_seed_variance_alone_gives_the_t_interval_with_two_degrees_of_freedom():
    blocks = {"a": np.array([[0.1], [0.2], [0.6]])}
    assert stretch(blocks) == pytest.approx(4.3027 / Z, rel=1e-4)


def test_one_seed_gives_an_interval_over_items():
    block = np.random.default_rng(0).normal(0.5, 0.2, (1, 100))
    found = interval({"a": block}, draw({"a": block}))
    assert found.width == pytest.approx(4 * block.std() / 10, rel=0.1)


def test_no_variance_no_width():
    blocks = {"a": np.full((3, 5), 0.5)}
    found = interval(blocks, draw(blocks))
    assert (found.low, found.high) == pytest.approx((0.5, 0.5), abs=1e-12)


def test_one_item_and_one_seed_have_no_spread_to_show():
    blocks = {"a": np.array([[0.5]])}
    found = interval(blocks, draw(blocks))
    assert found.low == found.high == 0.5


def test_weights_of_a_domain_depend_on_its_name_not_its_place():
    one, other = np.zeros((3, 20)), np.zeros((3, 30))
    there, back = draw({"a": one, "b": other}), draw({"b": other, "a": one})
    assert np.array_equal(there.items["a"], back.items["a"])
    assert not np.array_equal(there.items["a"], draw({"c": one}).items["c"])


def test_different_seed_counts_are_refused():
    with pytest.raises(ValueError, match="same seeds"):
        draw({"a": np.zeros((2, 5)), "b": np.zeros((3, 5))})


def test_two_thousand_resamples_of_six_domains_take_less_than_a_second():
    blocks = {f"d{k}": np.random.default_rng(k).random((3, 150)) for k in range(6)}
    start = time.process_time()
    draws = draw(blocks)
    for _ in range(36):
        interval(blocks, draws)
    assert time.process_time() - start < 1.0
