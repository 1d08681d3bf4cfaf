"""The card of a model that leaves the store."""

from __future__ import annotations

import pytest

from experiments.analysis.report import Report
from experiments.analysis.sentences.model_card import Exported, model_card
from experiments.analysis.words import number, span
from tests.support.report import whole_report

LAST = Exported("bwt-sequential", 1, 4, last=True, content="a LoRA adapter", command="stagewise export x y")


@pytest.fixture(scope="module")
def report() -> Report:
    return whole_report()


def test_scores_are_the_reports_with_this_seed_beside_all(report: Report) -> None:
    card, found = model_card(report, LAST), report.scores["bwt-sequential"]["sort"]
    base = report.scores["base"]["sort"].estimate
    line = f"| sort | {number(found.per_seed[1])} | {number(found.estimate)} | {span(found)} | {number(base)} |"
    assert line in card
    assert "A LoRA adapter, trained from" in card


def test_a_model_on_the_way_has_its_own_scores_and_stages(report: Report) -> None:
    card = model_card(report, Exported("bwt-sequential", 1, 2, last=False, content="the whole model", command=""))
    point = report.trajectories["bwt-sequential"][2].scores["sort"]
    assert f"| sort | {number(point.per_seed[1])} |" in card
    assert "the first 2 of 4 stages" in card
    assert card.count("| grpo |") == 2


def test_a_merged_arm_is_scored_although_it_has_no_stages(report: Report) -> None:
    merged = report.arms["bwt-sequential"].model_copy(update={"stages": (), "origin": "A merge of both."})
    changed = report.model_copy(update={"arms": {"bwt-sequential": merged}, "trajectories": {}})
    card = model_card(changed, LAST)
    assert "It was not trained itself: A merge of both." in card
    assert "| total | " in card
