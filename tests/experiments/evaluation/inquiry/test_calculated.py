"""Planted truths: what a calculator makes of models that lack arithmetic alone, the right sum, or the will to call."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.checkup.build import checkup
from experiments.analysis.cliffs.contrast import contrast
from experiments.analysis.cliffs.model import Steepness
from experiments.analysis.cliffs.moments import PairedAnswers
from tests.support.calculators import TASK, score_of, scripted, solver

pytestmark = pytest.mark.slow
STEP = Steepness(
    points=11, score="step", likelihood="step", follows=False, score_sharpness=None, likelihood_sharpness=None
)


@pytest.fixture(scope="module")
def sound():
    return score_of(scripted(solver()))


def compared(before, after):
    return checkup({"sums": before}, {"sums": after}, ("full", "full"))["sums"]


def value(found, name, at=1):
    reading = found.profiles[at].readings[name]
    assert reading.status == "ok", (name, reading.reason)
    return reading.interval.estimate


def over_a_stage(before, after):
    """Three seeds, and a stage that was measured on its way, in which all fell in one step."""
    worse = after.details.model_copy(update={"reference_nll": tuple(2 + at / 80 for at in range(40))})
    change = np.tile(np.subtract(after.items, before.items), (3, 1))
    return contrast(change, PairedAnswers((before.details,) * 3, (worse,) * 3), 0.001, STEP)


def test_where_only_arithmetic_is_lacking_the_calculator_dissolves_the_fall(sound):
    slips = score_of(scripted(solver(slips=True)))
    found = compared(sound, slips)
    assert value(found, "calculator_without") == 0.5
    assert value(found, "calculator_score") == value(found, "calculator_called") == 1
    assert value(found, "calculator_gain") == 0.5
    assert value(found, "calculator_in_vain") == 0
    score = found.difference.score
    assert score.verdict == "execution_artifact"
    assert "with a calculator 0.000" in score.reason
    assert (score.with_calculator.interval.estimate, score.dissolved.interval.estimate) == (0, 0.5)
    assert over_a_stage(sound, slips).verdict == "execution_artifact"


def test_where_the_sum_is_the_wrong_one_the_fall_stays(sound):
    lost = score_of(scripted(solver(plan="+")))
    found = compared(sound, lost)
    assert value(found, "calculator_called") == 1
    assert value(found, "calculator_score") == 0
    assert found.difference.score.verdict == "real_drop"
    stays = over_a_stage(sound, lost)
    assert stays.verdict == "real_cliff"
    assert "with a calculator −1.000" in stays.reason
    assert "it fell in one step" in stays.reason


def test_where_nothing_calls_it_that_is_said(sound):
    silent = solver(slips=True, says="It comes to")
    found = compared(score_of(scripted(solver(says="It comes to"))), score_of(scripted(silent)))
    assert value(found, "calculator_called") == 0
    assert found.profiles[1].readings["calculator_gain"].reason == "no answer called the calculator"
    assert found.difference.score.verdict == "real_drop"
    assert "no answer called the calculator" in found.difference.score.reason
    # One that does not call it any more gains nothing by it.
    assert compared(sound, score_of(scripted(silent))).difference.score.verdict == "real_drop"


@pytest.mark.parametrize("room, solvable", [(60, 1), (15, 1), (14, 0)])
def test_only_items_that_can_be_solved_within_the_budget_count(sound, room, solvable):
    """``11 + 3 = 33``, a line's end, ``33`` and the end take 15 tokens; where numbers are longer, more."""
    found = score_of(scripted(solver()), TASK.model_copy(update={"max_tokens": room}))
    share = sum(found.details.calculated.solvable) / 40
    assert (share > 0) == bool(solvable)
    assert (share == 1) == (room == 60)
    if not solvable:
        readings = compared(found, found).profiles[0].readings
        assert "fits into `max_tokens`" in readings["calculator_gain"].reason
        assert readings["calculator_solvable"].interval.estimate == 0


def test_a_model_that_was_not_asked_says_so(sound):
    bare = sound.model_copy(update={"details": sound.details.model_copy(update={"calculated": None})})
    reading = compared(bare, sound).profiles[0].readings["calculator_gain"]
    assert reading.reason.startswith("not asked: it takes `evaluation.inquiries: [calculator]`")
