"""The smooth calibration error against the authors' own code, a slow reference, and its null against itself."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.smooth import smooth_ece, smooth_null_band

AUTHORS = ((1, 100, 0.0, 0.05672), (2, 400, 0.0, 0.03335), (3, 400, 0.3, 0.28771), (4, 1000, -0.2, 0.15567))
"""Seed, answers, how much overconfidence, and what `relplot.smECE` of relplot 1.0.3 gave (2026-11-26, another venv)."""


def answers(seed, count, boast):
    rng = np.random.default_rng(seed)
    confidence = rng.beta(2, 1, size=count)
    return confidence, (rng.random(count) < np.clip(confidence - boast, 0, 1)).astype(float)


def slow(confidence, right, points=2000):
    """By the definition: a reflected Gaussian kernel at every point, the width by trying."""
    at = (np.arange(points) + 0.5) / points

    def error(width):
        total = np.zeros(points)
        for c, residual in zip(confidence, confidence - right, strict=True):
            for image in range(-4, 5):
                for centre in (2 * image + c, 2 * image - c):
                    total += residual * np.exp(-(((at - centre) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
        return np.abs(total).mean() / len(confidence)

    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if error(middle) > middle else (low, middle)
    return error(high)


@pytest.mark.parametrize(("seed", "count", "boast", "theirs"), AUTHORS)
def test_it_is_what_the_authors_code_gives(seed, count, boast, theirs):
    assert smooth_ece(*answers(seed, count, boast)) == pytest.approx(theirs, abs=1e-3)


def test_it_is_the_slow_definition():
    confidence, right = answers(7, 40, 0.2)
    assert smooth_ece(confidence, right) == pytest.approx(slow(confidence, right), abs=1e-3)


def test_confidences_of_0_and_1_have_a_place():
    assert smooth_ece(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == pytest.approx(0, abs=1e-9)
    assert smooth_ece(np.ones(50), np.zeros(50)) == pytest.approx(1, abs=0.01)


@pytest.mark.slow
def test_a_calibrated_forecaster_lies_in_its_band_and_an_overconfident_one_above():
    inside = 0
    for seed in range(60):
        confidence, right = answers(seed, 120, 0.0)
        low, high = smooth_null_band(confidence)
        inside += low <= smooth_ece(confidence, right) <= high
    # 95 % of 60 with 3 standard deviations.
    assert inside >= 52
    confidence, right = answers(99, 200, 0.3)
    assert smooth_ece(confidence, right) > smooth_null_band(confidence)[1]


def test_the_band_does_not_depend_on_how_a_single_answer_is_shaped():
    confidence = np.random.default_rng(14).random(100)
    assert smooth_null_band(confidence) == smooth_null_band(confidence[:, None])
