"""Lost variety: quality control is told from true narrowing."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.narrowing import split


def test_fewer_malformed_answers_are_quality_control():
    formed = np.full((2, 30), 0.3)
    found = split(np.full((2, 30), 0.8), np.full((2, 30), 0.35), formed, formed)
    assert found.narrowing.mean() == 0
    assert found.quality_control.mean() == pytest.approx(-0.45)


def test_likeness_among_well_formed_answers_is_narrowing():
    whole = np.full((1, 30), 0.6)
    found = split(whole, whole - 0.4, whole, whole - 0.4)
    assert found.narrowing.mean() == pytest.approx(-0.4)
    assert found.quality_control.mean() == pytest.approx(0.0)


def test_items_without_a_well_formed_pair_in_any_seed_are_left_out():
    formed = np.full((2, 4), 0.5)
    formed[1, 2] = np.nan
    found = split(formed, formed, np.full((2, 4), 0.5), formed)
    assert found.whole.shape == (2, 3)
