"""Joint resamples: their variance, and what their weights depend on."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.statistics.intervals import spread
from scheduler.statistics.resampling import item_weights, seed_weights


def simulate(seeds=5, items=60):
    rng = np.random.default_rng(3)
    shared = rng.normal(0, 0.1, (seeds, 1))
    return {name: shared + rng.normal(0, 0.3, (1, items)) + rng.normal(0, 0.2, (seeds, items)) for name in ("a", "b")}


def test_their_variance_is_that_of_seeds_and_items_with_single_cells_in_both():
    blocks, found = simulate(), spread(simulate())
    seeds = seed_weights(5, 20_000, 0)
    samples = sum(
        block.mean() + seeds @ block.mean(axis=1) + item_weights(name, 60, 20_000) @ block.mean(axis=0)
        for name, block in blocks.items()
    )
    assert samples.var() == pytest.approx(found.by_seed + found.by_mean, rel=0.05)
    assert samples.var() >= found.error**2
    assert samples.mean() == pytest.approx(sum(block.mean() for block in blocks.values()), abs=0.005)


def test_every_row_of_weights_sums_to_zero():
    for weights in (seed_weights(5, 50, 0), item_weights("a", 60, 50)):
        assert weights.sum(axis=1) == pytest.approx(np.zeros(50), abs=1e-12)


def test_one_seed_and_one_item_have_nothing_to_resample():
    assert not seed_weights(1, 7, 0).any()
    assert not item_weights("a", 1, 7).any()


def test_weights_of_a_domain_depend_on_its_name_and_size_only():
    assert np.array_equal(item_weights("a", 20, 50), item_weights("a", 20, 50))
    assert not np.array_equal(item_weights("a", 20, 50), item_weights("c", 20, 50))
