"""What stands beside a sure fall explains it only as far as it is known."""

from __future__ import annotations

import numpy as np
import pytest

from domains.interval import Interval
from experiments.analysis.cliffs.beside import Beside
from experiments.analysis.cliffs.judging import judged
from experiments.analysis.cliffs.reading import rested
from scheduler.statistics.intervals import interval

FALL = Interval.of(-0.5, -0.6, -0.4, 3)


def value(mean: float, items: int):
    """Of that many items, all alike."""
    return rested(interval({"": np.full((3, items), mean)}), items)


@pytest.mark.parametrize(("items", "verdict"), [(1, "real_drop"), (12, "real_drop"), (40, "format_artifact")])
def test_few_answers_that_were_found_explain_no_fall(items, verdict):
    """The spread of one item, or of twelve that did alike, would make a point of what nobody knows."""
    found = Beside(among_found=value(0.0, items), not_found=value(0.4, 100))
    assert judged(FALL, 0.001, found)[0] == verdict


@pytest.mark.parametrize(("items", "verdict"), [(12, "real_drop"), (40, "execution_artifact")])
def test_few_answers_with_wrong_sums_explain_no_fall(items, verdict):
    found = Beside(
        among_found=value(-0.5, 100),
        not_found=value(0.0, 100),
        executed=value(0.0, items),
        slipped=value(0.5, 100),
    )
    assert judged(FALL, 0.001, found)[0] == verdict
