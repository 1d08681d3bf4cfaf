"""Calibration: closed forms against brute force and known values, and the null against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures import calibration


def test_known_values():
    confidence, right = np.array([0.9, 0.9, 0.6, 0.2]), np.array([1.0, 0.0, 1.0, 0.0])
    assert calibration.brier(confidence, right).mean() == pytest.approx((0.01 + 0.81 + 0.16 + 0.04) / 4)
    assert calibration.confidence_gap(confidence, right).mean() == pytest.approx(0.15)
    assert calibration.confidently_wrong(confidence, right, 0.8).tolist() == [0, 1, 0, 0]
    assert calibration.confidently_wrong(confidence, right, 0.9).tolist() == [0, 1, 0, 0]
    # Two bins of two: (.2 − 0 + .6 − 1) and (.9 − 1 + .9 − 0), each over 4 answers.
    assert calibration.ece(confidence, right, bins=2) == pytest.approx((0.2 + 0.8) / 4)


@pytest.mark.slow
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


def short_answers(rng, items=120, samples=4, seeds=5):
    """Calibrated models of short answers: what is right is drawn once an item from the very chances of each answer."""
    chances = np.array([rng.dirichlet(np.full(8, one)) for one in rng.choice([0.15, 0.4, 1.5], size=items)])
    ends = chances.cumsum(axis=1)
    right = (rng.random((items, 1)) > ends[:, :-1]).sum(axis=1)
    said = (rng.random((seeds, items, samples, 1)) > ends[:, None, :-1]).sum(axis=-1)
    return chances[np.arange(items)[:, None], said], (said == right[:, None]).astype(float)


@pytest.mark.slow
def test_answers_that_stand_and_fall_together_lie_in_the_band_of_their_models():
    """Four answers to an item, five seeds: drawn one by one, nine of ten such models lay above the band."""
    rng, above = np.random.default_rng(13), 0
    for _ in range(100):
        confidence, right = short_answers(rng)
        mean = np.mean([calibration.ece(c, z) for c, z in zip(confidence, right, strict=True)])
        above += mean > calibration.null_band(*confidence)[1]
    assert above <= 7


def test_the_band_does_not_depend_on_how_a_single_answer_is_shaped():
    confidence = np.random.default_rng(14).random(100)
    assert calibration.null_band(confidence) == calibration.null_band(confidence[:, None])


@given(st.integers(0, 2**32 - 1), st.integers(1, 80), st.integers(1, 3), st.integers(1, 20))
def test_the_bins_of_a_reliability_diagram_hold_every_answer_and_their_gaps_are_the_ece(seed, items, samples, bins):
    rng = np.random.default_rng(seed)
    # Rounded, so that some are equal.
    confidence = rng.random((items, samples)).round(1)
    right = rng.integers(0, 2, (items, samples)).astype(float)
    found = calibration.reliability(confidence, right, bins)
    assert found.counts.sum() == confidence.size
    assert len(found.counts) == min(bins, confidence.size)
    assert found.counts.max() - found.counts.min() <= 1
    assert (np.diff(found.confidence) >= -1e-12).all()
    assert (found.counts @ found.right) == pytest.approx(right.sum())
    gaps = found.counts @ np.abs(found.confidence - found.right) / confidence.size
    assert gaps == pytest.approx(calibration.ece(confidence, right, bins), abs=1e-12)


@pytest.mark.slow
def test_bins_of_calibrated_models_lie_in_their_bands_at_the_nominal_rate_and_of_boasters_below():
    rng, inside, below = np.random.default_rng(14), 0, 0
    for _ in range(60):
        confidence, right = short_answers(rng)
        low, high = calibration.null_bins(*confidence)
        found = np.mean([calibration.reliability(*each).right for each in zip(confidence, right, strict=True)], axis=0)
        inside += ((low <= found) & (found <= high)).sum()
        boast = np.clip(confidence + 0.5, 0, 1)
        found = np.mean([calibration.reliability(*each).right for each in zip(boast, right, strict=True)], axis=0)
        below += (found < calibration.null_bins(*boast)[0]).sum()
    assert inside / (60 * 15) > 0.93
    assert below / (60 * 15) > 0.8
