"""The result in sentences: the primary pair first, readable, and nothing left out that a fair reading needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domains.interval import Interval
from experiments.analysis.assembly import build_report
from experiments.analysis.comparing.comparison import Comparison
from experiments.analysis.sentences.verdict import PHRASES, WORDS, settling, told, verdict_sentence
from tests.support.report import interrupted, make_inputs

UNKNOWN = Interval.unknown("no seed finished in both arms")


def row(verdict="undecided", baseline="joint", estimate=0.012, *, primary=True, seeds=3, **more):
    base = {
        "arm": "bwt-sequential",
        "relative": Interval.of(estimate / 0.6, estimate / 0.6 - 0.035, estimate / 0.6 + 0.035, seeds),
        "p": 0.2,
        "p_adjusted": 0.2,
        "detectable": 0.04,
        "seeds_needed": 9,
        "items": 400,
    }
    base["absolute"] = Interval.of(estimate, estimate - 0.022, estimate + 0.022, seeds)
    return Comparison(verdict=verdict, baseline=baseline, primary=primary, **{**base, **more})


def sentence(*rows, unequal=None):
    return verdict_sentence("bwt-sequential", rows, None, (), unequal or {}, 0.01)


def test_an_undecided_pair_says_what_it_could_have_found_and_what_would_settle_it():
    assert sentence(row()) == (
        "On test, bwt-sequential cannot be told from joint: +0.012 of total score (−0.010 to +0.034, 95 % interval "
        "over 3 seeds and all items); a relative gain of +2.0 % (−1.5 to +5.5 %); 3 seeds find differences from 0.040; "
        "about 9 would mostly find one as large as seen or as matters."
    )


def test_a_pair_that_no_seed_finished_is_not_called_undecided():
    rows = [row(seeds=0), row(primary=False, seeds=0, baseline="base")]
    said = verdict_sentence("bwt-sequential", rows, None, (), {}, 0.01)
    assert said == "There is no finished comparison of bwt-sequential with joint yet."
    one = verdict_sentence("bwt-sequential", [row(seeds=0), row(primary=False)], None, (), {}, 0.01)
    assert one.endswith("1 further comparison is undecided.")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("better", "On test, bwt-sequential beats joint: +0.012"),
        ("worse", "On test, bwt-sequential falls behind joint: +0.012"),
        ("equivalent", "On test, bwt-sequential is as good as joint, within ±0.01: +0.012"),
        (
            "better_but_small",
            "On test, bwt-sequential is better than joint, and too little to matter (within ±0.01): +0.012",
        ),
    ],
)
def test_a_decided_pair_is_short(verdict, words):
    said = sentence(row(verdict))
    assert said.startswith(words)
    assert "settle" not in said


def test_every_verdict_has_its_words():
    assert set(WORDS) == set(PHRASES)


def test_two_seeds_cannot_tell():
    said = sentence(row(seeds=2, detectable=None, p_adjusted=None))
    assert "2 seeds cannot tell; about 9 would mostly find one as large as seen or as matters." in said
    assert "one seed cannot tell" in sentence(row(seeds=1, detectable=None, seeds_needed=None))


def test_where_items_are_too_few_more_seeds_are_no_advice():
    assert "more seeds alone would not find one as large as seen or as matters" in sentence(row(seeds_needed=None))


def test_no_more_seeds_are_asked_for_than_there_are():
    assert settling(row(seeds_needed=3)) == "3 seeds find differences from 0.040"


def test_a_relative_gain_that_is_missing_is_left_out():
    assert "relative" not in sentence(row(relative=Interval.unknown("the baseline is too near 0", 3)))


def test_what_is_not_equal_is_said():
    unequal = {"joint": ("all of it by GRPO", "two steps more"), "reverse": ("nobody asked",)}
    assert "Not equal: joint: all of it by GRPO and two steps more." in sentence(row(), unequal=unequal)


def test_the_others_follow_with_what_they_decided():
    others = [
        row("better", "base", 0.08, primary=False),
        row("better", "random", 0.03, primary=False),
        row("equivalent", "joint-tuned", 0.001, primary=False),
        row("undecided", "reverse-sequential", primary=False),
    ]
    said = sentence(row(), *others)
    assert said.endswith(
        "Of 4 further comparisons, corrected for their number: bwt-sequential beats base (+0.080) and random (+0.030); "
        "bwt-sequential is as good as joint-tuned (+0.001), within ±0.01; 1 is undecided."
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "about 9 would mostly find one as large as seen or as matters."),
        (1, "1 further comparison is undecided."),
        (3, "3 further comparisons, corrected for their number, are undecided."),
    ],
)
def test_undecided_others_are_counted(count, words):
    assert sentence(row(), *(row(primary=False) for _ in range(count))).endswith(words)


def test_what_is_not_finished_is_no_verdict():
    blank = row(absolute=UNKNOWN, relative=UNKNOWN, seeds=3)
    assert told(blank) == "not finished"
    assert settling(blank) == ""
    assert sentence(blank) == "There is no finished comparison of bwt-sequential with joint yet."
    assert sentence() == "There is no finished comparison of bwt-sequential yet."


def test_a_run_s_own_verdict_leads_with_the_primary_pair_and_names_what_is_not_equal():
    inputs = make_inputs()
    arms = tuple(
        arm.model_copy(update={"unequal": ("twice the budget",)}) if arm.name == "joint" else arm
        for arm in inputs.schedules
    )
    report = build_report(replace(inputs, schedules=arms))
    assert report.comparisons[0].primary
    assert report.verdict.startswith("On test, bwt-cumulative ")
    assert "Not equal: joint: twice the budget." in report.verdict
    assert "Not equal to the schedule: twice the budget." in report.arms["joint"].notes


def test_a_run_of_nothing_has_a_verdict_too():
    assert build_report(interrupted(make_inputs(), 0)).verdict.startswith("There is no finished comparison")


def test_a_pair_that_only_the_correction_leaves_open_says_so():
    """Its detectable difference is below its gain: to a reader that would look like a mistake."""
    why = "interval of one comparison; after correction for 9 comparisons p = 0.13, not sure"
    words = settling(row(estimate=0.041, primary=False, p=0.01, p_adjusted=0.13, detectable=0.014, apart=why))
    assert words == why
