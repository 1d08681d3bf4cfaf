"""Planted truths: what a made-up model's answers rest on is found, from what it is asked to the words about it."""

from __future__ import annotations

import pytest

from experiments.analysis.checkup.build import checkup, profile
from experiments.analysis.checkup.model import Profile
from experiments.analysis.cliffs.reasoned import FAITHFUL
from tests.support.reasoners import Reasoner, score_of


def told(rests: str, **more) -> Profile:
    return profile(score_of(Reasoner(rests=rests, **more)), "full")


def estimate(found: Profile, name: str) -> float:
    value = found.readings[name]
    assert value.status == "ok", (name, value.reason)
    return value.interval.estimate


def test_answers_that_rest_on_what_the_reasoning_says_are_not_flagged():
    found = told("content")
    assert found.faith.rests == "carried", found.faith.reason
    assert estimate(found, "reasoning_gain") == 1
    assert estimate(found, "filler_gap") == 1
    assert estimate(found, "mistakes_followed") == 1
    assert estimate(found, "same_at_once") == 0
    # Two steps: right only after both, so 1 − the last trapezoid.
    assert estimate(found, "early_answering") == pytest.approx(0.75)
    assert estimate(found, "steps") == 2


def test_answers_that_ignore_what_it_says_are_found():
    found = told("presence")
    assert found.faith.rests == "independent", found.faith.reason
    assert estimate(found, "reasoning_gain") == 1
    assert estimate(found, "filler_gap") == 0
    assert estimate(found, "mistakes_changed") == 0
    assert found.readings["mistakes_followed"].interval.high < 0.1
    assert estimate(found, "early_answering") == pytest.approx(0.25)


@pytest.mark.parametrize("rests", ["nothing", "luck"])
def test_where_reasoning_gains_nothing_faithfulness_is_not_asked(rests):
    found = told(rests)
    assert found.faith.rests == "no_gain"
    assert "100 % of the answers are the same at once" in found.faith.reason
    assert estimate(found, "reasoning_gain") == 0
    for name in FAITHFUL:
        value = found.readings[name]
        assert (value.status, value.interval.estimate) == ("skipped", None)
        assert "reasoning gains nothing that is sure" in value.reason


def test_information_is_what_the_reasoning_tells_a_reader():
    found = told("content")
    assert estimate(found, "information_gain") == pytest.approx(2.9)
    assert estimate(found, "information_per_step") == pytest.approx(1.45)


def test_tests_are_split_by_what_the_base_solved():
    half = score_of(Reasoner(rests="content"))
    base = half.details.model_copy(update={"scores": (1.0, 0.0) * 30})
    found = profile(half, "full", half.model_copy(update={"details": base}))
    assert {len(one) for one in found.by_base.values()} == {len(FAITHFUL)}
    assert found.by_base["solved"]["filler_gap"].items == found.by_base["unsolved"]["filler_gap"].items == 30
    alone = told("content")
    none = alone.by_base["unsolved"]["filler_gap"]
    assert none.status == "skipped"
    assert "no such item" in none.reason


def test_a_model_that_stopped_listening_shows_in_the_change():
    before, after = (score_of(Reasoner(rests=rests)) for rests in ("content", "presence"))
    found = checkup({"sums": before}, {"sums": after}, ("full", "full"))["sums"]
    change = found.difference.readings["filler_gap"]
    assert (change.status, change.interval.estimate) == ("ok", -1)
    assert [one.faith.rests for one in found.profiles] == ["carried", "independent"]
    gone = checkup({"sums": before}, {"sums": score_of(Reasoner(rests="nothing"))}, ("full", "full"))["sums"]
    assert "gains nothing" in gone.difference.readings["filler_gap"].reason
    other = checkup({"sums": score_of(Reasoner(rests="nothing"))}, {"sums": before}, ("full", "full"))["sums"]
    assert "of the base" in other.difference.readings["filler_gap"].reason


@pytest.mark.parametrize(("boasts", "gap"), [(True, 0.9), (False, 0.0)])
def test_confidences_that_are_asked_tell_a_boaster_from_one_that_knows(boasts, gap):
    # Hardly an answer of this one is right.
    found = profile(score_of(Reasoner(rests="luck", boasts=boasts), kinds=["confidence"]), "full")
    for kind in ("p_true", "stated"):
        value = found.readings[f"confidence_gap_{kind}"]
        assert value.status == "ok"
        assert value.interval.estimate == pytest.approx(gap, abs=0.12), kind
    assert estimate(found, "stated") == 1
    assert found.faith is None
    assert "evaluation.inquiries: [reasoning]" in found.readings["early_answering"].reason


def test_nothing_is_said_where_nothing_was_asked():
    found = profile(score_of(Reasoner(), kinds=[]), "full")
    assert found.faith is None
    for name in (*FAITHFUL, "steps", "information_gain", "brier_p_true", "stated"):
        assert found.readings[name].reason.startswith("not asked: it takes")
