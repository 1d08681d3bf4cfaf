"""Planted damage to one of two given models is found, sound ones are not flagged, and seeds are never asked for."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.checkup.build import UNASKED, checkup, lost_items
from experiments.analysis.checkup.words import NO_SEEDS, verdict_of
from experiments.analysis.cliffs.table import MEASURES
from experiments.nodes.record import DomainScore
from tests.support.cliffs import Truth, drawn
from tests.support.models import words

FULL = ("full", "full")
SOUND = Truth()


def given(model: str, domain: str, truth: Truth = SOUND) -> DomainScore:
    return drawn(model, domain, "test", truth)


def compared(truth: Truth, domain: str = "sums"):
    return checkup({domain: given("before", domain)}, {domain: given("after", domain, truth)}, FULL)[domain]


def first_items(score: DomainScore, count: int) -> DomainScore:
    kept = score.details
    assert kept is not None
    fields = {
        name: value if name == "samples" or value is None else value[: count * (len(value) // kept.items)]
        for name, value in kept.model_dump().items()
    }
    return score.model_copy(update={"items": score.items[:count], "details": type(kept)(**fields)})


@pytest.mark.parametrize(
    ("truth", "verdict"),
    [
        (Truth(ability=0.4), "real_drop"),
        (Truth(form=0.5), "format_artifact"),
        (Truth(ability=0.8), "gain"),
        (Truth(ability=0.605), "unsure"),
    ],
)
def test_planted_damage(truth: Truth, verdict: str) -> None:
    found = compared(truth)
    assert found.difference is not None
    told = found.difference.score.verdict
    assert {"noise": "unsure", "underpowered": "unsure"}.get(told, told) == verdict, found.difference.score.reason


def test_overconfidence_shows_in_the_readings_and_is_no_drop() -> None:
    found = compared(Truth(boast=0.3))
    assert found.difference is not None
    assert found.difference.score.verdict not in ("real_drop", "format_artifact")
    gap = found.difference.readings["confidence_gap"]
    assert gap.status == "ok"
    assert gap.interval.sign == 1


def test_collapsed_entropy_is_an_alarm_with_one_run_of_each() -> None:
    assert compared(Truth(entropy=0.2)).difference.collapsed
    assert not compared(Truth()).difference.collapsed


def test_nothing_asks_for_seeds() -> None:
    found = compared(Truth(ability=0.4))
    told = found.model_dump_json()
    assert "at least 3 seeds" not in told
    assert all(value.status == "ok" for value in found.profiles[1].readings.values() if value.interval.estimate)


def test_too_few_items_claim_nothing() -> None:
    sides = [
        {"sums": first_items(given(model, "sums", truth), 12)}
        for model, truth in (("before", Truth(ability=0.9)), ("after", Truth(ability=0.1)))
    ]
    score = checkup(*sides, FULL)["sums"].difference.score
    assert (score.verdict, score.p) == ("underpowered", None)
    assert score.reason == "12 of the 20 items that a claim takes."


def test_the_family_is_all_domains() -> None:
    """A difference that is sure by itself and not beside nineteen sound domains."""
    rng = np.random.default_rng(0)
    flat = DomainScore(items=tuple(rng.random(40).tolist()))
    before = {f"d{number}": flat for number in range(20)}
    lower = np.array(flat.items) - np.where(np.arange(40) < 7, 0.3, 0.0)
    after = before | {"d0": DomainScore(items=tuple(lower.tolist()))}
    alone = checkup({"d0": flat}, {"d0": after["d0"]}, FULL)["d0"].difference.score
    among = checkup(before, after, FULL)["d0"].difference.score
    assert alone.verdict == "real_drop"
    assert among.p == alone.p
    assert among.p_adjusted == pytest.approx(20 * among.p)
    assert among.verdict != "real_drop"


def test_the_same_answers_differ_in_nothing() -> None:
    one = given("before", "sums")
    found = checkup({"sums": one}, {"sums": one}, FULL)["sums"].difference
    assert (found.score.verdict, found.score.p) == ("noise", 1.0)


def test_one_model_has_a_profile_and_no_difference() -> None:
    found = checkup({"sums": given("only", "sums")}, None, ("full",))["sums"]
    assert found.difference is None
    (profile,) = found.profiles
    assert profile.score.interval.ends is not None
    assert "regressed" not in profile.readings


def test_an_endpoint_lacks_likelihoods_and_says_why() -> None:
    score = given("far", "sums")
    kept = score.details.model_copy(update={"nll": None, "reference_nll": None, "reference_bytes": None})
    far = score.model_copy(update={"details": kept, "entropy": None})
    found = checkup({"sums": given("near", "sums")}, {"sums": far}, ("full", "prompt"))["sums"]
    for readings in (found.profiles[1].readings, found.difference.readings):
        for name, value in readings.items():
            if MEASURES[name].access == "logits":
                assert (value.status, value.reason) == ("skipped", UNASKED), name
    assert found.profiles[0].readings["brier"].status == "ok"
    assert found.difference.score.verdict in ("noise", "underpowered")


def test_lost_items_are_those_that_only_the_first_solved() -> None:
    items = words(3)
    before, after = (DomainScore(items=scores) for scores in ((1.0, 1.0, 0.0), (0.0, 1.0, 1.0)))
    (flip,) = lost_items(items, [before, after], [("a", "b", "c"), ("x", "y", "z")])
    assert (flip.item, flip.before, flip.after) == (items[0].prompt, "a", "x")


def test_the_verdict_says_that_seeds_are_not_in_it() -> None:
    domains = {"sums": compared(Truth(ability=0.4))}
    told = verdict_of(domains, ["base", "tuned"], same=False)
    assert told.startswith("1 of 1 domain surely dropped: sums −0.")
    assert told.endswith(NO_SEEDS)


@pytest.mark.parametrize(("items", "verdict"), [(40, "underpowered"), (150, "noise")])
def test_no_item_lost_of_few_does_not_exclude_a_drop(items: int, verdict: str) -> None:
    """Two different models that answered all items alike: of 40 like these, 3 may still be lost among those to come."""
    right = DomainScore(items=(1.0,) * items)
    found = checkup({"sums": right}, {"sums": right}, FULL)["sums"]
    assert found.difference.score.verdict == verdict
    assert found.profiles[0].score.interval.ends[0] == pytest.approx(1 - 2.8 / items, abs=0.01)
    assert checkup({"sums": right}, {"sums": right}, FULL, same=True)["sums"].difference.score.verdict == "noise"
