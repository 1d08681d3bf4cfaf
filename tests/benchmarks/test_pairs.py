"""The power that is summed is the power that the product's own test has."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.pairs import needed, power
from experiments.measures.pairing import paired_p


@pytest.mark.parametrize(("items", "drop", "differ"), [(80, 0.1, 0.1), (120, 0.1, 0.2)])
def test_power_is_that_of_the_test_that_measure_uses(items, drop, differ):
    rng = np.random.default_rng(1)
    change = rng.choice([-1.0, 1.0, 0.0], size=(600, items), p=[(differ + drop) / 2, (differ - drop) / 2, 1 - differ])
    found = np.mean([paired_p(row, 1) <= 0.05 and row.sum() < 0 for row in change])
    assert power(items, drop, differ) == pytest.approx(found, abs=0.05)


def test_a_drop_larger_than_what_differs_cannot_be():
    assert needed(0.1, 0.05) is None
