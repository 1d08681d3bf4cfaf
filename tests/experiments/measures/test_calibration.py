"""Calibration: closed forms against brute force and known values, and the null against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures import calibration
from experiments.measures.jackknife import pseudo_values

FORECASTS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=40
).map(lambda rows: (np.array([c for c, _ in rows]), np.array([float(z) for _, z in rows])))


@given(FORECASTS)
def test_auroc_is_the_share_of_pairs_in_which_the_right_one_is_surer(forecast):
    confidence, right = forecast
    pairs = [(one > other) + 0.5 * (one == other) for one in confidence[right == 1] for other in confidence[right == 0]]
    found = calibration.auroc(confidence, right)
    assert found is None if not pairs else found == pytest.approx(np.mean(pairs))


@given(FORECASTS)
def test_aurc_is_the_mean_risk_over_coverages_whatever_the_order_of_ties(forecast):
    confidence, right = forecast
    order = np.lexsort((np.arange(len(right)), -confidence))
    shuffled = np.random.default_rng(3).permutation(len(right))
    assert calibration.aurc(confidence[shuffled], right[shuffled]) == pytest.approx(calibration.aurc(confidence, right))
    if len(set(confidence)) == len(confidence):
        risks = [1 - right[order[: k + 1]].mean() for k in range(len(right))]
        assert calibration.aurc(confidence, right) == pytest.approx(np.mean(risks))


def test_aurc_with_ties_is_the_mean_over_all_orders_of_the_tied():
    from itertools import permutations

    confidence, right = np.array([0.9, 0.5, 0.5, 0.5, 0.1]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    each = [
        np.mean([1 - right[[0, *middle, 4]][: k + 1].mean() for k in range(5)]) for middle in permutations((1, 2, 3))
    ]
    assert calibration.aurc(confidence, right) == pytest.approx(np.mean(each))


@given(FORECASTS)
def test_e_aurc_is_never_below_zero_and_zero_for_an_oracle(forecast):
    confidence, right = forecast
    assert calibration.e_aurc(confidence, right) >= -1e-12
    assert calibration.e_aurc(right, right) == pytest.approx(0.0)


def test_known_values():
    confidence, right = np.array([0.9, 0.9, 0.6, 0.2]), np.array([1.0, 0.0, 1.0, 0.0])
    assert calibration.brier(confidence, right).mean() == pytest.approx((0.01 + 0.81 + 0.16 + 0.04) / 4)
    assert calibration.confidence_gap(confidence, right).mean() == pytest.approx(0.15)
    assert calibration.confidently_wrong(confidence, right, 0.8).tolist() == [0, 1, 0, 0]
    assert calibration.confidently_wrong(confidence, right, 0.9).tolist() == [0, 1, 0, 0]
    # Two bins of two: (.2 − 0 + .6 − 1) and (.9 − 1 + .9 − 0), each over 4 answers.
    assert calibration.ece(confidence, right, bins=2) == pytest.approx((0.2 + 0.8) / 4)


def test_the_ece_of_a_calibrated_forecaster_lies_in_its_null_band_at_the_nominal_rate():
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(300):
        confidence = rng.beta(2, 2, size=150)
        low, high = calibration.null_band(confidence)
        inside += low <= calibration.ece(confidence, (rng.random(150) < confidence).astype(float)) <= high
    # 95 % of 300 with 4 standard deviations to both sides.
    assert 270 <= inside <= 299


def test_an_overconfident_forecaster_lies_above_the_band():
    rng = np.random.default_rng(12)
    confidence = rng.uniform(0.6, 1.0, size=300)
    right = (rng.random(300) < confidence - 0.3).astype(float)
    assert calibration.ece(confidence, right) > calibration.null_band(confidence)[1]


def test_the_ece_of_a_calibrated_forecaster_is_far_above_zero_where_items_are_few():
    confidence = np.random.default_rng(5).random(100)
    low, high = calibration.null_band(confidence)
    assert 0.05 < low < 0.1244 < high


def test_pseudo_values_of_a_mean_are_the_items_own_values():
    confidence, right = np.random.default_rng(1).random((2, 30, 4))
    found = pseudo_values(lambda c, z: float((c - z).mean()), confidence, right)
    assert found == pytest.approx((confidence - right).mean(axis=1))


def test_pseudo_values_of_auroc_vary_as_delong_says():
    rng = np.random.default_rng(2)
    right = (rng.random((400, 1)) < 0.5).astype(float)
    confidence = np.clip(0.4 * right + 0.3 * rng.random((400, 1)) + 0.3 * rng.random((400, 1)), 0, 1)
    values = pseudo_values(calibration.auroc, confidence, right, groups=400)
    wins, losses = confidence[right == 1], confidence[right == 0]
    above = (wins[:, None] > losses[None]).astype(float)
    delong = above.mean(1).var(ddof=1) / len(wins) + above.mean(0).var(ddof=1) / len(losses)
    assert values.mean() == pytest.approx(calibration.auroc(confidence, right), abs=1e-3)
    assert values.var(ddof=1) / 400 == pytest.approx(delong, rel=0.05)
    pairs = pseudo_values(calibration.auroc, confidence, right, groups=200)
    assert pairs.shape == (200,)
    assert pairs.var(ddof=1) / 200 == pytest.approx(delong, rel=0.2)


def test_a_statistic_that_an_item_alone_holds_up_has_no_pseudo_values():
    right = np.array([[1.0], [0.0], [0.0]])
    assert pseudo_values(calibration.auroc, np.array([[0.9], [0.2], [0.1]]), right) is None
