"""What a design finds, against simulation and the noncentral t distribution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct, norm, t

from scheduler.statistics.intervals import Spread, spread
from scheduler.statistics.power import FEWEST, MOST, detectable, items_needed, seeds_needed

SEEDS = Spread(seeds=3, items=100, by_seed=1e-4, by_mean=0.0, by_cell=0.0)
ITEMS = Spread(seeds=5, items=101, by_seed=0.0, by_mean=1e-4, by_cell=0.0)


@pytest.mark.parametrize("seeds", [3, 4, 5, 10, 30])
def test_seeds_alone_are_the_noncentral_t(seeds):
    effect = detectable(replace(SEEDS, seeds=seeds)) / 0.01
    critical = t.ppf(0.975, seeds - 1)
    assert nct.sf(critical, seeds - 1, effect) == pytest.approx(0.8, abs=0.002)


def test_items_alone_are_all_but_normal():
    assert detectable(ITEMS) / 0.01 == pytest.approx(norm.ppf(0.975) + norm.ppf(0.8), rel=0.02)


@pytest.mark.parametrize("seeds", [1, 2])
def test_two_seeds_find_nothing(seeds):
    assert detectable(replace(SEEDS, seeds=seeds)) is None


@pytest.mark.parametrize("sds", [(0.02, 0.0, 0.02), (0.01, 0.2, 0.2), (0.0, 0.0, 0.3)], ids=["seeds", "all", "cells"])
@pytest.mark.parametrize("seeds", [3, 5])
def test_what_is_detectable_is_found_four_times_in_five(sds, seeds):
    """The effect is the mean of what designs say of themselves, which scatters with few seeds."""
    rng, runs, items = np.random.default_rng(0), 800, 80

    def noise():
        seed, item, cell = (rng.normal(0, sd, shape) for sd, shape in zip(sds, shapes, strict=True))
        return seed + item + cell

    shapes = ((seeds, 1), (1, items), (seeds, items))
    true = Spread(
        seeds=seeds,
        items=items,
        by_seed=sds[0] ** 2 / seeds + sds[2] ** 2 / seeds / items,
        by_mean=sds[1] ** 2 / items + sds[2] ** 2 / seeds / items,
        by_cell=sds[2] ** 2 / seeds / items,
    )
    effect = detectable(true)
    blocks = [noise() + effect for _ in range(runs)]
    found = np.mean([block.mean() > spread({"a": block}).half_width() for block in blocks])
    assert found == pytest.approx(0.8, abs=0.05)


@given(
    st.integers(2, 20), st.sampled_from([1e-5, 1e-4, 1e-3]), st.sampled_from([0.0, 1e-6, 1e-4]), st.floats(0.005, 0.2)
)
def test_the_seeds_needed_are_the_fewest_that_find_it(seeds, by_seed, by_item, effect):
    found = Spread(seeds=seeds, items=100, by_seed=by_seed, by_mean=by_item, by_cell=0.0)

    def finds(count):
        return detectable(replace(found, seeds=count, by_seed=by_seed * seeds / count)) <= effect

    needed = seeds_needed(found, effect)
    if needed is None:
        assert not finds(MOST)
    else:
        assert finds(needed)
        assert needed == FEWEST or not finds(needed - 1)


def test_no_number_of_seeds_helps_where_items_are_too_few():
    found = replace(ITEMS, by_seed=1e-6)
    assert seeds_needed(found, 0.02) is None
    more = items_needed(found, 101, 0.02)
    assert more > 101
    wider = replace(found, items=more, by_mean=found.by_mean * 101 / more)
    assert seeds_needed(wider, 0.02) is not None


def test_one_seed_says_nothing_of_how_many_it_takes():
    assert seeds_needed(replace(SEEDS, seeds=1), 0.5) is None


def test_what_is_found_already_needs_no_more_than_the_fewest():
    assert seeds_needed(replace(SEEDS, seeds=10), 1.0) == FEWEST
