"""What is said to decide between staging and mixing, of learners whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.planning.decisive import decisive
from scheduler.prediction.dynamics import Truth, scores_after

NAMES = ("a", "b", "c")
WEIGHTS = np.full(3, 1 / 3)
ORDER = np.eye(3)
MIXED = np.full((1, 3), 1.0)
TAIL = np.array([[2 / 3, 2 / 3, 2 / 3], [1.0, 0.0, 0.0]])


def told(effects: np.ndarray, staged: np.ndarray, exposure: float, *, gains: bool, last: str | None = None):
    truth = Truth(np.full(3, 0.4), effects[None], np.array([4.0]), np.array([exposure]))

    def expected(training):
        return scores_after(training, truth)[0]

    labels = ["+".join(name for name, amount in zip(NAMES, row, strict=True) if amount) for row in staged]
    found = decisive(staged, WEIGHTS, expected, MIXED, names=NAMES, labels=labels, last=last, gains=gains)
    gain = float(WEIGHTS @ (expected(staged) - expected(MIXED)))
    assert found.worth + found.others == pytest.approx(gain)
    return found, gain


def harm(trained: int, affected: int) -> np.ndarray:
    effects = np.eye(3) * 0.15
    effects[trained, affected] = -0.3
    return effects


@pytest.mark.parametrize("affected", [1, 2])
def test_a_domain_that_is_trained_after_what_harms_it_gains_by_that_stage(affected):
    found, gain = told(harm(0, affected), ORDER, 1.0, gains=True)
    assert gain > 0
    assert (found.domain, found.stage) == (NAMES[affected], "a")
    assert found.change < -0.2


@pytest.mark.parametrize("affected", [0, 1])
def test_a_domain_that_is_harmed_later_loses_by_that_stage(affected):
    found, gain = told(harm(2, affected), ORDER, 0.0, gains=False)
    assert gain < 0
    assert (found.domain, found.stage) == (NAMES[affected], "c")
    assert found.change < -0.2


def test_a_last_stage_is_told_by_what_it_gives_its_own_domain():
    found, _ = told(harm(1, 0), TAIL, 1.0, gains=True, last="a")
    assert found.domain == "a"
    assert found.worth > 0 > found.others


def test_where_no_other_stage_moves_it_none_is_named():
    found, _ = told(np.eye(3) * 0.15, ORDER, 1.0, gains=True)
    assert (found.stage, found.change) == (None, None)
