"""A fall's score beside the references' likelihood, drawn through the stages and on the way of one."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from experiments.analysis.cliffs.build import cliffs
from experiments.analysis.cliffs.model import ArmCliffs, Contrast
from experiments.analysis.scores import RunScores
from experiments.measures.value import Value
from experiments.report.figures.forest import forest_figure
from experiments.report.sections.falls import fall_panels
from tests.support.cliffs import Truth, at, planted

pytestmark = pytest.mark.slow
LOST = {(2, "sums"): Truth(ability=0.25), (1, "sort"): Truth(ability=0.1)}
WAYS = {(2, "sums"): "cliff", (1, "sort"): "slide"}


@pytest.fixture(scope="module")
def found() -> ArmCliffs:
    inputs = planted(LOST, ways=WAYS, domains=3)
    return cliffs(RunScores(inputs))[inputs.main]


def figures(page: str) -> dict[str, Any]:
    """By their titles, as plain text."""
    each = map(json.loads, re.findall(r'<script type="application/json">(.*?)</script>', page))
    return {re.sub(r"<[^>]+>", "", one["layout"]["title"]["text"]): one for one in each}


def test_what_fell_is_drawn_with_its_verdict_in_the_title(found: ArmCliffs) -> None:
    assert list(figures(fall_panels(found))) == [
        "sums  stage 2: real cliff",
        "sums  on the way of stage 2: real cliff",
        "sort  stage 1: metric artifact",
        "sort  on the way of stage 1: metric artifact",
    ]


def test_through_the_stages_the_points_are_the_contrasts_with_the_base(found: ArmCliffs) -> None:
    score, bits = figures(fall_panels(found))["sums  stage 2: real cliff"]["data"]
    cells = [one for one in found.cells if one.domain == "sums"]
    assert score["x"] == bits["x"] == ["base", *(str(one.stage) for one in cells)]
    assert score["y"] == [0.0, *(one.base.change.estimate for one in cells)]
    assert bits["y"] == [0.0, *(one.base.likelihood.interval.estimate for one in cells)]
    high = np.add(score["y"], score["error_y"]["array"])
    assert high[1:] == pytest.approx([one.base.change.high for one in cells])
    filled = [symbol == "circle" for symbol in score["marker"]["symbol"]]
    assert filled == [False, *(one.stage == 2 for one in cells)]


def test_the_axis_of_bits_is_turned_so_that_worse_is_below_in_both(found: ArmCliffs) -> None:
    for each in figures(fall_panels(found)).values():
        assert each["layout"]["yaxis2"]["autorange"] == "reversed"
        assert "autorange" not in each["layout"]["yaxis"]
        assert each["layout"]["xaxis"]["domain"][1] < each["layout"]["xaxis2"]["domain"][0]


def test_on_the_way_it_is_what_the_steepness_was_read_off(found: ArmCliffs) -> None:
    score, bits = figures(fall_panels(found))["sort  on the way of stage 1: metric artifact"]["data"]
    way = at(found, 1, "sort").before.steepness.way
    assert score["x"] == [point.step for point in way] == list(range(0, 101, 10))
    assert score["y"] == [point.score.estimate for point in way]
    assert bits["y"] == [point.bits.estimate for point in way]
    assert np.diff(bits["y"]) == pytest.approx(np.full(10, np.diff(bits["y"]).mean()), rel=0.01), "along a line"
    assert score["y"][3] < score["y"][0] / 4, "most of the score goes with the first of it"


def test_nothing_is_drawn_or_kept_of_what_did_not_fall(found: ArmCliffs) -> None:
    assert not any(title.startswith("spell") for title in figures(fall_panels(found)))
    quiet = at(found, 1, "sums").before
    assert quiet.steepness is not None
    assert quiet.steepness.way == ()
    assert "way" not in quiet.steepness.model_dump()
    sound = tuple(one for one in found.cells if one.domain == "spell")
    assert fall_panels(found.model_copy(update={"cells": sound})) == ""


def test_without_a_likelihood_there_is_nothing_beside_the_score(found: ArmCliffs) -> None:
    none = Value.skipped("references are empty")
    cells = [
        one.model_copy(
            update={
                "before": one.before.model_copy(update={"likelihood": none, "steepness": None}),
                "base": one.base.model_copy(update={"likelihood": none}),
            }
        )
        for one in found.cells
    ]
    assert fall_panels(found.model_copy(update={"cells": tuple(cells)})) == ""


def contrasts(found: ArmCliffs) -> dict[str, Contrast]:
    return {name: at(found, 2, name).base for name in ("sums", "sort", "spell")}


def test_of_two_models_both_changes_stand_side_by_side(found: ArmCliffs) -> None:
    both = contrasts(found)
    both["spell"] = both["spell"].model_copy(update={"likelihood": Value.skipped("references are empty")})
    score, bits = forest_figure(both)["data"]
    assert dict(zip(score["y"], score["x"], strict=True)) == {name: one.change.estimate for name, one in both.items()}
    assert dict(zip(bits["y"], bits["x"], strict=True)) == {
        name: both[name].likelihood.interval.estimate for name in ("sums", "sort")
    }


def test_logged_samples_have_scores_alone(found: ArmCliffs) -> None:
    none = {"likelihood": Value.skipped("not kept")}
    drawn = forest_figure({name: one.model_copy(update=none) for name, one in contrasts(found).items()})
    assert len(drawn["data"]) == 1
    assert "domain" not in drawn["layout"]["xaxis"]
