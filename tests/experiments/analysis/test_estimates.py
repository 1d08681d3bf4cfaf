"""Means with intervals: what they average, and what they leave empty."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.estimates import estimate_all
from experiments.analysis.scores import RunScores
from tests.support.report import make_inputs

SCORES = RunScores(make_inputs(2, (0, 1)))
"""Two domains, the first of twice the weight."""
BLOCKS = {
    0: {"sums": np.array([1.0, 0.0]), "sort": np.array([0.0, 0.0])},
    1: {"sums": np.array([1.0, 1.0]), "sort": np.array([0.0, 1.0])},
}


def test_domains_and_total_are_means_over_seeds_and_items():
    found = estimate_all(BLOCKS, SCORES)
    assert found["sums"].estimate == 0.75
    assert found["sums"].per_seed == (0.5, 1.0)
    assert found["total"].estimate == pytest.approx((2 * 0.75 + 0.25) / 3)
    assert found["total"].per_seed == pytest.approx((2 * 0.5 / 3, (2 * 1.0 + 0.5) / 3))
    assert found["total"].low < found["total"].estimate < found["total"].high


def test_a_missing_seed_is_none_and_the_rest_counts():
    found = estimate_all({1: BLOCKS[1]}, SCORES)
    assert found["total"].per_seed == (None, pytest.approx(2.5 / 3))
    assert found["total"].n == 1
    assert found["sort"].estimate == 0.5


def test_no_seed_is_empty():
    found = estimate_all({}, SCORES)["total"]
    assert (found.estimate, found.ends, found.n, found.per_seed) == (None, None, 0, ())
    assert found.missing == "no seed finished"
