"""Means with intervals: what they average, and what they leave empty."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.assembly import build_report
from experiments.analysis.intervals.estimates import estimate_all, score_all
from experiments.analysis.scores import RunScores
from scheduler.statistics.unseen import least
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


def test_scores_stay_within_zero_and_one_and_changes_do_not():
    """Three seeds that scatter near 1 have a t interval beyond it; no score can be there."""
    high = {seed: {name: np.full(4, value) for name in BLOCKS[0]} for seed, value in enumerate((0.99, 0.9, 0.97))}
    scores = RunScores(make_inputs(2, (0, 1, 2)))
    free, kept = estimate_all(high, scores), score_all(high, scores)
    assert all(free[name].high > 1 for name in free)
    for name, found in kept.items():
        assert (found.low, found.high) == (free[name].low, 1.0)
        assert (found.estimate, found.per_seed) == (free[name].estimate, free[name].per_seed)
    low = {seed: {name: 1 - block[name] for name in block} for seed, block in high.items()}
    assert {found.low for found in score_all(low, scores).values()} == {0.0}


def test_few_items_that_are_all_right_may_be_followed_by_a_wrong_one():
    """Thirty that all seeds solve were a score of 1.000 (1.000 to 1.000)."""
    right = {seed: {name: np.ones(30) for name in BLOCKS[0]} for seed in (0, 1)}
    found = score_all(right, SCORES)
    assert all((one.estimate, one.high) == pytest.approx((1.0, 1.0)) for one in found.values())
    assert found["sums"].low == pytest.approx(1 - least(30))
    # An item of the total counts for its domain's share of it.
    assert found["total"].low == pytest.approx(1 - 2 / 3 * least(30))


def test_a_report_s_scores_stay_within_zero_and_one():
    report = build_report(make_inputs(3, (0, 1)))
    points = [point.scores for points in report.trajectories.values() for point in points]
    predicted = [{"": found} for row in report.predictions for found in (row.validation, row.test)]
    for scores in (*report.scores.values(), *points, *predicted):
        assert all(0 <= found.low <= found.estimate <= found.high <= 1 for found in scores.values())
