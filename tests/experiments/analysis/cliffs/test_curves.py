"""What is drawn of a cell is what its readings say."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.cliffs.curves import early, reliability
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.model import ArmCliffs
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reasoned import reasoning
from tests.support.cliffs import Truth, at, main_cliffs
from tests.support.reasoners import Reasoner, score_of

CONTENT, PRESENCE, KNOWN = (score_of(Reasoner(rests=rests)).details for rests in ("content", "presence", "nothing"))


@pytest.fixture(scope="module")
def found() -> ArmCliffs:
    return main_cliffs({(1, "sums"): Truth(boast=0.4)}, seeds=(0, 1, 2))


def test_the_gaps_of_the_bins_are_the_ece_of_the_last_stage(found):
    last = max(one.stage for one in found.cells)
    assert set(found.reliability) == {one.domain for one in found.cells}
    for name, (_, now) in found.reliability.items():
        gaps = np.abs(np.subtract(now.confidence, now.right)) @ now.counts / sum(now.counts)
        assert gaps.mean() == pytest.approx(at(found, last, name).readings["ece"].value.interval.estimate)


def test_a_boaster_lies_below_its_band_and_the_base_within(found):
    base, now = found.reliability["sums"]
    for one, least, most in ((base, 0, 3), (now, 12, 15)):
        lows = [low for low, _ in one.null]
        assert least <= (np.mean(one.right, axis=0) < lows).sum() <= most


def test_the_area_over_the_curve_is_early_answering_where_all_items_have_as_many_steps():
    sides = Sides(PairedAnswers((PRESENCE,) * 3, (CONTENT,) * 3))
    now = early(sides, 1)
    over = np.trapezoid([1 - one.value for one in now.same], now.shares)
    assert now.same[-1].estimate == 1
    assert over == pytest.approx(sides.once(reasoning).readings["early_answering"].value.interval.estimate)


def test_nothing_is_drawn_where_reasoning_gains_nothing_or_nothing_was_asked():
    sides = Sides(PairedAnswers((CONTENT,), (KNOWN,)))
    assert early(sides, 0) is not None
    assert early(sides, 1) is None
    assert early(Sides(PairedAnswers((), ())), 1) is None
    assert reliability(Sides(PairedAnswers((), ())), 1) is None
