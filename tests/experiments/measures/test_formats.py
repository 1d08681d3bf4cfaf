"""Spread over formats: found where it is, and 0 on the mean where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.formats import best, gap, spread, worst

CARELESS = np.full((8, 1), 0.6)
TOUCHY = np.array([0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.3])[:, None]


def drawn(chance, seed, items=100):
    return (np.random.default_rng(seed).random((8, items)) < chance).astype(float)


def test_a_model_that_does_not_care_has_none_on_the_mean_though_the_plain_spread_says_otherwise():
    found = [spread(drawn(CARELESS, seed)).mean() for seed in range(300)]
    plain = [np.ptp(drawn(CARELESS, seed).mean(axis=1)) for seed in range(300)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(300) + 1e-9
    assert np.mean(plain) > 0.1


def test_a_format_that_a_model_cannot_read_is_found():
    scores = drawn(TOUCHY, 0)
    assert spread(scores).mean() == pytest.approx(0.6, abs=0.12)
    assert worst(scores).mean() == pytest.approx(0.3, abs=0.12)
    assert best(scores).mean() == pytest.approx(0.9, abs=0.08)


def test_gap_is_the_own_format_s():
    scores = np.zeros((8, 4))
    scores[0], scores[1] = 1.0, 0.7
    assert gap(scores) == pytest.approx([0.9] * 4)


def test_items_of_one_half_are_read_off_in_the_format_that_the_other_half_chose():
    scores = np.ones((2, 4))
    scores[0, ::2], scores[1, 1::2] = 0.0, 0.0
    # On the odd items the second format is worst, on the even ones the first; each half is read off in the other's.
    assert worst(scores).tolist() == [1.0, 1.0, 1.0, 1.0]
