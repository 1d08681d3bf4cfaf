"""Joint resamples: their variance, and what their weights depend on."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.resampling import draw
from scheduler.statistics import spread


def resampled(blocks, draws):
    """The statistic in every resample."""
    return sum(
        block.mean() + draws.seeds @ block.mean(axis=1) + draws.items[name] @ block.mean(axis=0)
        for name, block in blocks.items()
    )


def simulate(seeds=5, items=60):
    rng = np.random.default_rng(3)
    shared = rng.normal(0, 0.1, (seeds, 1))
    return {name: shared + rng.normal(0, 0.3, (1, items)) + rng.normal(0, 0.2, (seeds, items)) for name in ("a", "b")}


def test_their_variance_is_that_of_seeds_and_items_with_single_cells_in_both():
    blocks = simulate()
    samples, found = resampled(blocks, draw(blocks, resamples=20_000)), spread(blocks)
    assert samples.var() == pytest.approx(found.by_seed + found.by_mean, rel=0.05)
    assert samples.var() >= found.error**2
    assert samples.mean() == pytest.approx(sum(block.mean() for block in blocks.values()), abs=0.005)


def test_every_row_of_weights_sums_to_zero():
    draws = draw(simulate(), resamples=50)
    for weights in (draws.seeds, *draws.items.values()):
        assert weights.sum(axis=1) == pytest.approx(np.zeros(50), abs=1e-12)


def test_one_seed_and_one_item_have_nothing_to_resample():
    draws = draw({"a": np.array([[0.5]])}, resamples=7)
    assert not draws.seeds.any()
    assert not draws.items["a"].any()


def test_weights_of_a_domain_depend_on_its_name_not_its_place():
    one, other = np.zeros((3, 20)), np.zeros((3, 30))
    there, back = draw({"a": one, "b": other}), draw({"b": other, "a": one})
    assert np.array_equal(there.items["a"], back.items["a"])
    assert not np.array_equal(there.items["a"], draw({"c": one}).items["c"])


def test_different_seed_counts_are_refused():
    with pytest.raises(ValueError, match="same seeds"):
        draw({"a": np.zeros((2, 5)), "b": np.zeros((3, 5))})
