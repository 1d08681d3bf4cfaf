"""Collapse of entropy: sure over all cells that it could be said of."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.entropy import collapsed

ITEMS = 24


def fallen(errors: float, base: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Three seeds whose entropy lies so many standard errors below half of the base's."""
    wave = 0.1 * np.tile([1.0, -1.0], ITEMS // 2)
    before = np.full((3, ITEMS), base)
    below = errors * wave.std(ddof=1) / np.sqrt(ITEMS)
    return before, before / 2 - below + wave


def test_a_collapse_that_is_sure_of_one_cell_is_not_sure_of_sixteen():
    """It was each cell's 95 % interval, so that a page of sixteen at just half held one in every third."""
    assert collapsed(fallen(2.5), 1)
    assert not collapsed(fallen(2.5), 16)
    assert collapsed(fallen(4.0), 16)
    assert not collapsed(fallen(1.5), 1)


def test_without_entropy_there_is_none_to_lose():
    assert not collapsed(None)
    assert not collapsed(fallen(0.0, base=0.0))
    few = fallen(9.0)
    assert not collapsed((few[0][:, :10], few[1][:, :10]))
