"""Limits on an order as they were measured: values, verdicts, one family for the main arm, and how they are shown."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from curricula.schema import Constraints, ScheduleSpec
from experiments.analysis.assembly import ReportInputs, build_report
from experiments.analysis.comparing.limits import measured_limits
from experiments.analysis.report import Report
from experiments.analysis.scores import RunScores
from experiments.analysis.sentences.limit_words import measured_line
from experiments.report.html import render_html
from experiments.report.terminal.report import print_report
from scheduler.statistics.intervals import holm
from tests.support.report import make_inputs

MAIN = "bwt-sequential"
STAGED = {
    "bwt-sequential",
    "bwt-cumulative",
    "entropy-sequential",
    "greedy-sequential",
    "reverse-sequential",
    "random-0-sequential",
    "random-1-sequential",
}


def limited(seeds=(0, 1, 2), **constraints) -> ReportInputs:
    inputs = replace(make_inputs(seeds=seeds), main=MAIN)
    spec = ScheduleSpec(constraints=Constraints(**constraints))
    return replace(inputs, curriculum=inputs.curriculum.model_copy(update={"schedule": spec}))


def rows_of(inputs: ReportInputs, arm: str = MAIN):
    return {(one.measure, one.domain): one for one in measured_limits(RunScores(inputs)).get(arm, ())}


def items(inputs: ReportInputs, seed: int, depth: int, domain: str) -> np.ndarray:
    return np.array(inputs.records[inputs.chains[MAIN, seed][depth]].scores["test"][domain].items)


def with_items(inputs: ReportInputs, depth: int, domain: str, values: np.ndarray) -> ReportInputs:
    """The main arm with these scores after this stage, in all seeds."""
    records = dict(inputs.records)
    for seed in inputs.curriculum.seeds:
        node = inputs.chains[MAIN, seed][depth]
        test = records[node].scores["test"]
        changed = test | {domain: test[domain].model_copy(update={"items": tuple(values.tolist())})}
        scores = records[node].scores | {"test": changed}
        records[node] = records[node].model_copy(update={"scores": scores})
    return replace(inputs, records=records)


def test_losses_and_entropies_are_those_of_the_domain_s_own_stage():
    inputs = limited(loss=0.2, entropy=0.3)
    rows = rows_of(inputs)
    assert set(rows) == {("loss", "sums"), ("loss", "sort"), ("loss", "spell"), ("entropy", "stories")}
    lost = [items(inputs, seed, 2, "sort") - items(inputs, seed, 4, "sort") for seed in (0, 1, 2)]
    assert rows["loss", "sort"].measured.value == pytest.approx(np.mean(lost))
    assert rows["loss", "sort"].stage == 2
    before = [inputs.records[inputs.chains[MAIN, seed][3]].scores["test"]["stories"].entropy for seed in (0, 1, 2)]
    assert rows["entropy", "stories"].measured.value == pytest.approx(np.mean(before))
    assert set(measured_limits(RunScores(inputs))) == STAGED
    # There stories come first, so the base is where their stage begins, and later stages may take from them.
    assert rows_of(inputs, "reverse-sequential")["entropy", "stories"].stage == 1
    assert ("loss", "stories") in rows_of(inputs, "reverse-sequential")


def test_what_is_surely_lost_breaks_the_limit_and_what_surely_is_not_keeps_it():
    ones, half = np.ones(60), np.arange(60) % 2.0
    lost = with_items(with_items(limited(loss=0.05), 1, "sums", ones), 4, "sums", half)
    assert rows_of(lost)["loss", "sums"].verdict == "broken"
    assert rows_of(lost)["loss", "sums"].measured.value == pytest.approx(0.5)
    generous = replace(lost, curriculum=limited(loss=0.99).curriculum)
    assert rows_of(generous)["loss", "sums"].verdict == "kept"
    near = replace(lost, curriculum=limited(loss=0.49).curriculum)
    assert rows_of(near)["loss", "sums"].verdict == "cannot tell"


def test_low_entropy_breaks_a_floor_and_high_entropy_keeps_it():
    assert rows_of(limited(entropy=0.01))["entropy", "stories"].verdict == "kept"
    assert rows_of(limited(entropy=5.0))["entropy", "stories"].verdict == "broken"


def test_where_no_item_changed_few_items_cannot_prove_it():
    ones = np.ones(60)
    same = with_items(with_items(limited(loss=0.01), 1, "sums", ones), 4, "sums", ones)
    row = rows_of(same)["loss", "sums"]
    assert row.measured.value == 0
    assert row.p == pytest.approx(np.exp(-0.6))
    assert row.measured.low < -0.03 < 0.03 < row.measured.high
    assert row.verdict == "cannot tell"


def test_the_main_arm_s_limits_are_one_family_and_the_rivals_another():
    found = measured_limits(RunScores(limited(loss=0.2, entropy=0.3)))
    for family in ([MAIN], sorted(STAGED - {MAIN})):
        rows = {f"{arm} {at}": row for arm in family for at, row in enumerate(found[arm])}
        expected = holm({key: row.p for key, row in rows.items()})
        assert {key: row.p_adjusted for key, row in rows.items()} == expected


def test_two_seeds_are_too_few_for_a_verdict():
    rows = rows_of(limited(seeds=(0, 1), loss=0.99, entropy=0.01))
    assert {(one.p, one.p_adjusted, one.verdict) for one in rows.values()} == {(None, None, "cannot tell")}


@pytest.mark.slow
def test_without_constraints_there_is_nothing_to_tell():
    report = build_report(make_inputs())
    assert report.limits == {}
    assert "limits" not in report.model_dump(mode="json")
    assert "Limits on the order" not in render_html(report)
    assert measured_line(report.main, report.limits) == ""


def test_terminal_and_page_tell_what_was_kept():
    report = build_report(limited(loss=0.2, entropy=5.0))
    assert Report.model_validate_json(report.model_dump_json()).limits == report.limits
    line = measured_line(report.main, report.limits)
    assert line.startswith(f"Limits on test, {MAIN}: broken: ")
    assert "entropy of stories" in line and "of at least 5.000 nats a token" in line
    stream = StringIO()
    print_report(Console(file=stream, width=400), report)
    assert line in stream.getvalue()
    page = render_html(report)
    assert 'id="limits"' in page
    assert "What other orders kept" in page
    assert "loss of sums" in page
