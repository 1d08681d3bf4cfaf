"""Planted truths of sure falls: what is a cliff, what fades, and what only the measurement makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.analysis.cliffs.build import cliffs
from experiments.analysis.cliffs.steepness import steepness
from experiments.analysis.scores import RunScores
from experiments.nodes.details import Formatted
from experiments.nodes.formats import FORMATS
from tests.support.cliffs import SAMPLES, WAYS, Truth, at, course, main_cliffs, planted
from tests.support.findings import generator

pytestmark = pytest.mark.slow

FIRST, SECOND = "sums", "sort"
LOST = Truth(ability=0.3)


@pytest.mark.parametrize(
    "way, verdict, told",
    [
        ("cliff", "real_cliff", "it fell in one step, and so did the likelihood of the references."),
        ("slide", "metric_artifact", "as the likelihood of the references, which fell smoothly, has it."),
        ("fade", "gradual_loss", "it fell smoothly over the stage."),
    ],
)
def test_how_a_stage_went_decides_what_its_fall_is(way, verdict, told):
    found = main_cliffs({(2, FIRST): LOST}, ways={(2, FIRST): way})
    cell = at(found, 2, FIRST)
    assert (cell.before.verdict, cell.before.reason.endswith(told)) == (verdict, True)
    assert (cell.before.steepness.points, cell.before.likelihood.interval.sign) == (11, 1)
    # From the base it is two stages, and what was not on the way of one is not said.
    assert (cell.base.verdict, cell.base.steepness) == ("real_drop", None)
    others = {each.before.verdict for each in found.cells if each is not cell}
    assert others <= {"noise", "underpowered"}


def test_a_path_that_was_not_measured_leaves_a_real_drop():
    assert at(main_cliffs({(2, FIRST): LOST}), 2, FIRST).before.verdict == "real_drop"


def test_the_path_ends_where_the_weights_were_left():
    """What came after is not in the fall."""
    whole = steepness([course("a", {FIRST: WAYS["cliff"]})], FIRST)
    assert (whole.points, whole.score, whole.likelihood) == (11, "step", "step")
    assert steepness([course("a", {FIRST: WAYS["cliff"]}, kept=30)], FIRST).points == 4


def test_sums_gone_wrong_are_a_loss_of_execution():
    cell = at(main_cliffs({(2, FIRST): Truth(slips=0.5)}), 2, FIRST)
    assert cell.base.verdict == "execution_artifact"
    assert cell.base.change.estimate == pytest.approx(-0.3, abs=0.05)
    assert cell.base.executed.interval.sign == 0
    assert cell.base.slipped.interval.estimate == pytest.approx(0.3, abs=0.05)
    assert "with every sum done right" in cell.base.reason


def test_sums_gone_wrong_do_not_hide_a_lost_ability():
    assert at(main_cliffs({(2, FIRST): Truth(ability=0.25, slips=0.3)}), 2, FIRST).base.verdict == "real_drop"


def test_sums_that_always_went_wrong_explain_no_fall():
    cell = at(main_cliffs({(0, FIRST): Truth(slips=0.2), (2, FIRST): Truth(ability=0.35, slips=0.2)}), 2, FIRST)
    assert cell.before.verdict == "real_drop"
    assert cell.before.slipped.interval.sign <= 0


def test_where_no_sum_is_wrong_nothing_is_said_of_sums():
    cell = at(main_cliffs({(2, FIRST): LOST}), 2, FIRST)
    assert (cell.base.executed.status, cell.base.executed.reason) == ("skipped", "no sum in the answers is wrong")


def test_a_format_that_is_not_read_any_more_is_found():
    """Of eight formats one is lost by the second stage; the domain's own is as it was."""
    inputs = planted({})
    last = {nodes[2] for (name, _), nodes in inputs.readings.items() if name == inputs.main}
    records = {
        node: record.model_copy(update={"scores": {**record.scores, "test": asked(record, node in last)}})
        for node, record in inputs.records.items()
    }
    inputs = replace(inputs, records=records)
    found = cliffs(RunScores(inputs))[inputs.main]
    hurt, sound = at(found, 2, FIRST).readings, at(found, 1, FIRST).readings
    assert hurt["format_spread"].change.interval.low > 0.2
    assert hurt["format_worst"].change.interval.high < -0.2
    assert sound["format_spread"].change.interval.sign == 0
    unasked = at(main_cliffs({}), 2, FIRST).readings["format_spread"]
    assert unasked.value.reason == "`evaluation.formats` was not asked for"


def asked(record, damaged):
    """The test scores with answers in eight formats to the first 40 items."""
    made = {}
    for name, score in record.scores["test"].items():
        draw = generator("formats", record.node, name)
        formats = {}
        for each in FORMATS:
            chance = 0.1 if damaged and each == "tags" else 0.6
            right = draw.random(40 * SAMPLES) < chance
            formats[each] = Formatted(scores=tuple(right.astype(float).tolist()), found=(True,) * right.size)
        made[name] = score.model_copy(update={"details": score.details.model_copy(update={"formats": formats})})
    return made
