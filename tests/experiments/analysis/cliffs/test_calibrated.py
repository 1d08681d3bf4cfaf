"""When the order of answers says something."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.cliffs.calibrated import LEAST_EACH, Forecast
from experiments.measures.ranking import auroc


@pytest.mark.parametrize("wrong_items, status", [(LEAST_EACH - 1, "skipped"), (LEAST_EACH, "ok")])
def test_ranking_takes_enough_items_with_a_wrong_answer(wrong_items, status):
    """Nine items with all four answers wrong were 36 wrong answers, and an AUROC of nine items."""
    right = np.ones((3, 40, 4))
    right[:, :wrong_items] = 0.0
    confidence = np.random.default_rng(0).uniform(0.2, 0.9, right.shape)
    found = Forecast((confidence, confidence), (right, right)).ranked(auroc)
    assert found.value.status == status
    if status == "skipped":
        assert (
            found.value.reason == f"a model has fewer than {LEAST_EACH} items with a right answer, or with a wrong one"
        )
