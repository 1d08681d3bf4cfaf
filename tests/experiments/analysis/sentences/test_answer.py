"""experiments/analysis/sentences/answer.py: what a reader wants first."""

from __future__ import annotations

from typing import get_args

import pytest

from experiments.analysis.assembly import build_report
from experiments.analysis.comparing.comparison import Verdict
from experiments.analysis.report import Report
from experiments.analysis.sentences.answer import answer
from tests.support.report import interrupted, make_inputs, whole_report


@pytest.fixture(scope="module")
def whole() -> Report:
    return whole_report()


def judged(report: Report, **changed: object) -> Report:
    """The named pair with another verdict."""
    first, *rest = report.comparisons
    return report.model_copy(update={"comparisons": (first.model_copy(update=changed), *rest)})


@pytest.mark.parametrize(
    ("verdict", "head", "tail"),
    [
        ("better", "Stage", "in the order sums → "),
        ("worse", "Mix", "train on all domains together"),
        ("equivalent", "Either", "within ±0.01 of each other"),
        ("better_but_small", "Either", "staged is a little better"),
        ("worse_but_small", "Either", "mixed is a little better"),
        ("undecided", "Undecided", "cannot be told apart"),
    ],
)
def test_the_named_pair_gives_the_answer(whole: Report, verdict: Verdict, head: str, tail: str) -> None:
    found = answer(judged(whole, verdict=verdict))
    assert found.head == head
    assert tail in found.tail
    assert (found.tone == "open") == (verdict == "undecided")
    assert found.todo


@pytest.mark.parametrize(
    ("composition", "how"),
    [("sequential", "one domain after the other"), ("pairs", "two domains at a time"), ("cumulative", "one by one")],
)
def test_stage_says_how_the_winner_was_staged(whole: Report, composition: str, how: str) -> None:
    row = whole.comparisons[0]
    arm = whole.arms[row.arm].model_copy(update={"composition": composition})
    report = judged(whole.model_copy(update={"arms": {**whole.arms, row.arm: arm}}), verdict="better")
    assert how in answer(report).todo


def test_every_verdict_has_an_answer(whole: Report) -> None:
    assert all(answer(judged(whole, verdict=verdict)).head for verdict in get_args(Verdict))


def test_one_seed_is_told_to_be_too_few() -> None:
    found = answer(build_report(make_inputs(seeds=(0,))))
    assert (found.head, found.tone) == ("Undecided", "open")
    assert found.todo == "Give at least 3 seeds: with 1 nothing is claimed."


@pytest.mark.parametrize(
    ("verdict", "head"), [("undecided", "Not sure that anything learns"), ("better", "Stage"), ("worse", "Mix")]
)
def test_where_nothing_surely_learns_that_is_said_and_what_is_decided_stays(
    whole: Report, verdict: Verdict, head: str
) -> None:
    assert whole.plan is not None
    nothing = tuple(
        gain.model_copy(update={"gain": gain.gain.model_copy(update={"low": -1.0}), "p_adjusted": 1.0})
        for gain in whole.plan.own_gains
    )
    mean = whole.plan.own_gain.model_copy(update={"low": -1.0, "high": 1.0})
    plan = whole.plan.model_copy(update={"own_gains": nothing, "own_gain": mean})
    found = answer(judged(whole, verdict=verdict).model_copy(update={"plan": plan}))
    assert (found.head, found.tone) == (head, "warn")
    assert [line.partition(":")[0] for line in found.each] == [gain.domain for gain in nothing]


def test_without_a_finished_comparison_it_says_so() -> None:
    assert answer(build_report(interrupted(make_inputs(), 5))).head == "Not finished"


def test_another_pair_is_told_by_its_names(whole: Report) -> None:
    found = answer(judged(whole, baseline="base", verdict="better"))
    assert (found.head, found.tail) == ("Decided", f"{whole.main} beats base")
