"""Readings of multiple choice: the choice above chance, and the calibration that rests on it."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.cliffs.calibrated import BY_ANSWER, BY_OPTIONS, Forecast, forecast
from experiments.analysis.cliffs.chosen import NO_LENGTHS, NO_OPTIONS
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.readings import read
from experiments.measures import choice as measure
from experiments.nodes.details import Details
from experiments.nodes.options import OptionsRead

ITEMS = 120


def answered(skill: float, seed: int, kept: bool = True, characters: bool = True) -> Details:
    """Answers that are all wrong, and options of which the right one gets `skill` nats more."""
    draw = np.random.default_rng(seed)
    sizes, right = draw.integers(2, 6, ITEMS), draw.integers(0, 2, ITEMS)
    nll = [
        tuple((draw.exponential(2.0, size) - skill * (np.arange(size) == at)).tolist())
        for size, at in zip(sizes, right, strict=True)
    ]
    lengths = tuple(tuple(draw.integers(1, 9, size).tolist()) for size in sizes)
    options = OptionsRead(nll=tuple(nll), characters=lengths if characters else None, right=tuple(right.tolist()))
    wrong = {"scores": (0.0,) * ITEMS, "found": (True,) * ITEMS, "nll": tuple(draw.exponential(1.0, ITEMS).tolist())}
    return Details(samples=1, **wrong, options=options if kept else None)


def sides(before: Details, after: Details) -> Sides:
    return Sides(PairedAnswers((before,) * 3, (after,) * 3))


def test_a_model_that_learnt_the_right_options_chooses_them() -> None:
    before, after = answered(0.0, 1), answered(3.0, 1)
    assert before.options is not None
    assert after.options is not None
    found = read(sides(before, after)).readings
    for name, of in (
        ("acc_mc", measure.chosen_right),
        ("acc_cc", measure.above_chance),
        ("brier_mc", measure.brier),
    ):
        one = found[name]
        assert one.value.interval.estimate == pytest.approx(np.mean(of(after.options)))
        assert one.change.interval.estimate == pytest.approx(np.mean(of(after.options)) - np.mean(of(before.options)))
        assert one.value.items == ITEMS
        assert one.value.status == "ok"
    assert found["acc_cc"].change.interval.low > 0
    assert found["brier_mc"].change.interval.high < 0
    assert abs(read(sides(before, before)).readings["acc_cc"].value.interval.estimate) < 0.2, "chance is 0"


def test_calibration_rests_on_the_options_where_there_are_some() -> None:
    after = answered(3.0, 2)
    found = forecast(sides(after, after).pair)
    assert isinstance(found, Forecast)
    assert after.options is not None
    assert found.confidence[1][0, :, 0] == pytest.approx(measure.confidence(after.options))
    assert found.right[1][0, :, 0].tolist() == list(measure.chosen_right(after.options))
    whole = read(sides(after, after))
    for name in ("brier", "confidence_gap", "auroc", "aurc", "ece", "smooth_ece", "confidently_wrong"):
        assert (whole.readings[name].value.status, whole.readings[name].value.note) == ("ok", BY_OPTIONS), name
    assert whole.ece_null is not None
    assert whole.smooth_ece_null is not None


def test_without_options_it_rests_on_answers_as_before_and_says_so() -> None:
    plain = answered(3.0, 2, kept=False)
    found = read(sides(plain, plain)).readings
    assert found["acc_cc"].value.reason == found["brier_mc"].change.reason == NO_OPTIONS
    assert found["brier"].value.note == BY_ANSWER
    assert "options in a log" in BY_ANSWER, "of logged options the likelihood that is kept is their share"
    assert found["brier"].value.interval.estimate == pytest.approx(np.mean(np.exp(-2 * np.array(plain.nll))))


def test_options_that_one_moment_lacks_are_not_compared() -> None:
    found = read(sides(answered(3.0, 2, kept=False), answered(3.0, 2))).readings
    assert found["acc_cc"].change.reason == NO_OPTIONS
    assert found["brier"].value.note == BY_ANSWER


def test_lengths_that_were_not_logged_leave_only_the_choice_by_length_out() -> None:
    short = answered(3.0, 2, characters=False)
    found = read(sides(short, short)).readings
    assert found["acc_cc_norm"].value.reason == NO_LENGTHS
    assert found["acc_cc"].value.status == "ok"


@pytest.mark.parametrize("options", [2, 4])
@pytest.mark.slow
def test_the_interval_of_a_few_items_that_are_nearly_all_right_holds_the_truth(options: int) -> None:
    """Of 30 items at .95 right; an item with two options moves by two, from −1 to 1."""
    draw, right, missed = np.random.default_rng(0), 0.95, 0
    truth = (right - 1 / options) / (1 - 1 / options)
    for _ in range(200):
        place = (draw.random(30) > right).astype(int)
        likely = (0.0, *(5.0,) * (options - 1))
        read_ = OptionsRead(nll=(likely,) * 30, characters=None, right=tuple(place.tolist()))
        one = Details(samples=1, scores=(0.0,) * 30, found=(True,) * 30, options=read_)
        found = read(Sides(PairedAnswers((one,), (one,)))).readings["acc_cc"].value.interval
        missed += not found.low <= truth <= found.high
    assert missed <= 10
