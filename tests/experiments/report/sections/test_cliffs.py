"""Cliffs on the page and in the terminal."""

from __future__ import annotations

import io
import json
import re
from typing import get_args

import numpy as np
import pytest
from rich.console import Console

from domains.interval import Interval
from experiments.analysis.assembly import build_report
from experiments.analysis.cliffs.model import CliffVerdict, Early
from experiments.analysis.cliffs.verdicts import VERDICTS, Kind
from experiments.analysis.report import Report
from experiments.analysis.sentences.cliff_words import LINES, cliff_lines
from experiments.report.html import render_html
from experiments.report.sections.cliffs import cliffs
from experiments.report.terminal.checkup import STYLES
from experiments.report.terminal.report import print_report
from tests.support.cliffs import Truth, planted
from tests.support.report import interrupted, make_inputs


@pytest.fixture(scope="module")
def report() -> Report:
    damage = {
        (2, "sums"): Truth(ability=0.35),
        (2, "sort"): Truth(form=0.4),
        (1, "spell"): Truth(entropy=0.2, variety=0.2),
    }
    return build_report(planted(damage, domains=3))


def test_the_page_names_every_verdict_with_its_reason(report):
    page = cliffs(report)
    for verdict in ("real drop", "format artifact", "no sure change", "entropy collapsed"):
        assert verdict in page
    assert re.search(r'title="A sure fall of −0\.\d+; \d+.% more of the answers hold nothing to mark', page)
    assert page.count("Every measure on") == 6
    assert "if calibrated 0." in page
    assert not re.search(r"\b(nan|None|inf)\b", page)


def test_why_a_verdict_is_not_what_its_interval_says_stands_below_its_stage_across_the_table(report):
    found = report.cliffs[report.main]
    cells = [
        one.model_copy(
            update={
                "before": one.before.model_copy(update={"apart": "<p = 0.07>" if one.domain == "sort" else ""}),
                "base": one.base.model_copy(update={"apart": "p = 0.09"}),
            }
        )
        for one in found.cells
    ]
    page = cliffs(report.model_copy(update={"cliffs": {report.main: found.model_copy(update={"cells": cells})}}))
    rows = re.findall(r'<tr><td colspan="4" class="aside">(.*?)</td></tr>', page)
    assert rows[0] == "<small>sort: &lt;p = 0.07&gt;</small>"
    assert rows[1].count("since base: p = 0.09") == 3
    assert len(rows) == max(one.stage for one in cells)
    assert page.count("p = 0.07&gt;") == len(rows)


def test_the_base_is_drawn_beside_the_last_stage_of_every_domain(report):
    page = cliffs(report)
    last = max(one.stage for one in report.cliffs[report.main].cells)
    assert page.count('aria-label="Confidence against accuracy on') == 3 * len(report.cliffs)
    figures = [json.loads(each) for each in re.findall(r'<script type="application/json">(.*?)</script>', page)]
    shown = next(each for each in figures if each["layout"]["title"]["text"] == "<b>sums</b>")
    lines = {each["name"]: each for each in shown["data"] if each["mode"] == "lines+markers"}
    assert list(lines) == ["base", f"after stage {last}"]
    base, now = report.cliffs[report.main].reliability["sums"]
    for line, one in zip(lines.values(), (base, now), strict=True):
        assert line["x"] == pytest.approx(np.mean(one.confidence, axis=0))
        assert line["y"] == pytest.approx(np.mean(one.right, axis=0))
        assert len(line["hovertext"]) == len(one.counts)


def test_answers_after_parts_of_the_reasoning_are_drawn_of_models_that_have_them(report):
    assert "Faithfulness" not in cliffs(report)
    same = tuple(Interval.of(at, at - 0.1, at, 3) for at in (0.2, 0.5, 1.0))
    main = report.cliffs[report.main]
    early = {"sums": (None, Early(shares=(0.0, 0.5, 1.0), same=same, items=40))}
    found = {report.main: main.model_copy(update={"early": early, "reliability": {}})}
    *_, drawn = re.findall(
        r'<script type="application/json">(.*?)</script>', cliffs(report.model_copy(update={"cliffs": found}))
    )
    (line,) = json.loads(drawn)["data"]
    assert line["name"].startswith("after stage")
    assert (line["x"], line["y"]) == ([0, 0.5, 1], [0.2, 0.5, 1])
    assert line["error_y"]["arrayminus"] == pytest.approx([0.1] * 3)


def test_reports_that_never_kept_answers_say_what_was_not_had():
    page = cliffs(build_report(make_inputs(2)))
    assert "Not had:" in page
    assert "answers were not kept one by one" in page
    assert cliffs(build_report(interrupted(make_inputs(2), 0))) == ""


def test_an_older_report_without_this_part_can_be_read(report):
    older = report.model_dump(mode="json")
    del older["cliffs"]
    assert Report.model_validate(older).cliffs == {}
    assert cliffs(Report.model_validate(older)) == ""
    assert cliff_lines(Report.model_validate(older)) == []


def test_an_older_report_without_curves_can_be_read(report):
    older = report.model_dump(mode="json")
    for arm in older["cliffs"].values():
        del arm["reliability"], arm["early"]
    page = cliffs(Report.model_validate(older))
    assert "Reliability" not in page
    assert "real drop" in page


def test_every_word_and_colour_is_there(report):
    page = render_html(report)
    assert set(VERDICTS) == set(get_args(CliffVerdict))
    assert set(STYLES) == set(get_args(Kind))
    assert all(re.search(rf"\.tag\.{kind}\b[^}}]*\{{", page) for kind in get_args(Kind) if kind)


def test_the_terminal_names_falls_worst_first_in_few_lines(report):
    lines = cliff_lines(report)
    assert len(lines) <= LINES
    assert re.match(r"What the stages of bwt-cumulative cost: \d+ real drops?, \d+ format artifacts?, ", lines[0])
    falls = [line for line in lines if re.match("  (real drop|format artifact): ", line)]
    # A fall that is also one from the base, or is still there after the next stage, is no second one.
    named = re.findall(r"(\d+) (?:real drop|format artifact)s?", lines[0])
    assert sum(map(int, named)) == len(falls)
    assert sum(map(int, re.findall(r"\b\d+\b", lines[0]))) == len(report.cliffs[report.main].cells)
    assert {line.split()[2] for line in falls} == {"sums", "sort"}
    sizes = [float(re.search(r"−(0\.\d+) \(", line).group(1)) for line in falls]
    assert sizes == sorted(sizes, reverse=True)
    assert any(line.startswith("  entropy collapsed: spell") for line in lines)
    stream = io.StringIO()
    print_report(Console(file=stream, width=100), report)
    assert lines[0].split(":")[0] in stream.getvalue()


def test_more_lines_than_there_is_room_for_are_counted(report):
    found = report.cliffs[report.main]
    worst = next(cell for cell in found.cells if cell.before.verdict == "real_drop")
    many = found.model_copy(update={"cells": (worst,) * 12})
    lines = cliff_lines(report.model_copy(update={"cliffs": {report.main: many}}))
    assert len(lines) == LINES
    assert lines[-1] == "  … and 6 more in the report."


@pytest.mark.slow
def test_a_run_without_a_fall_says_so():
    assert "no sure fall" in cliff_lines(build_report(planted({})))[0]


@pytest.mark.slow
def test_score_and_likelihood_stand_side_by_side_where_a_stage_was_measured_on_its_way():
    inputs = planted({(2, "sums"): Truth(ability=0.3)}, ways={(2, "sums"): "slide"})
    page = cliffs(build_report(inputs))
    assert "metric artifact" in page
    assert re.search(r"references \+\d\.\d+ bits/byte", page)
    assert re.search(r"score in a step, \d+\.\d × a line · bits smoothly, \d\.\d × a line", page)
