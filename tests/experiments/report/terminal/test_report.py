"""The terminal's tables: they fit, cut no figure, and take hostile text as text."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import get_args

import pytest
from rich.console import Console

from experiments.analysis.assembly import build_report
from experiments.analysis.comparing.comparison import Verdict
from experiments.analysis.report_parts import TOTAL
from experiments.analysis.sentences.plan_words import plan_lines
from experiments.analysis.words import chance, number, signed
from experiments.report.terminal.grounds import profile_table
from experiments.report.terminal.report import VERDICT_STYLES, print_report
from tests.support.report import NAMES, interrupted, make_inputs, whole_report, with_failure

LONG = tuple(f"{name}-with-a-very-long-name-indeed"[:32] for name in NAMES)


@cache
def one_seed(domains: int, names: tuple[str, ...]):
    return build_report(make_inputs(domains, (0,), names=names))


def printed(report, width: int, *, terminal: bool = False) -> str:
    stream = io.StringIO()
    print_report(Console(file=stream, width=width, force_terminal=terminal, legacy_windows=False), report)
    return stream.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("width", [36, 50, 80, 100, 160])
@pytest.mark.parametrize("domains", [2, 4, 6, 8])
@pytest.mark.parametrize("names", [NAMES, LONG], ids=["short", "long"])
def test_tables_fit_and_cut_no_figure(width, domains, names):
    report = one_seed(domains, names)
    text = printed(report, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for row in report.scores.values():
        assert all(re.search(rf"(?<!\S){re.escape(number(row[name].estimate))}(?!\S)", text) for name in row)
    for value in (cell for line in report.transfer.mean for cell in line):
        assert re.search(rf"(?<!\S){re.escape(signed(value))}(?!\S)", text)


@pytest.mark.slow
def test_what_was_only_not_reached_is_a_sentence_and_no_empty_table():
    inputs = make_inputs()
    done = len(inputs.tree.nodes) - 3
    said = printed(build_report(interrupted(inputs, done)), 100)
    assert "3 stage runs are missing: not reached yet." in said
    assert "boundary" not in said
    one = printed(build_report(interrupted(inputs, done + 2)), 100)
    assert "1 stage run is missing: not reached yet." in one
    assert "boundary" in printed(build_report(with_failure(inputs)), 100)


def test_before_an_arm_is_finished_there_is_no_empty_table_of_costs():
    inputs = make_inputs()
    report = build_report(interrupted(inputs, 1))
    assert not report.cost.arms
    said = printed(report, 100)
    assert "Cost for each seed" not in said
    assert re.search(r"\d+ stage runs \(\d+ probes\), \d+ without sharing; trained", said)


def test_plain_text_where_there_is_no_terminal():
    report = whole_report()
    assert "\x1b" not in printed(report, 100)
    assert "\x1b" in printed(report, 100, terminal=True)


def test_the_verdict_comes_last():
    report = whole_report()
    assert " ".join(printed(report, 100).split()).endswith(" ".join(report.verdict.split()))


def test_markup_in_a_cause_is_text():
    text = printed(build_report(with_failure(make_inputs(), "bad [bold red]value[/] {x}")), 120)
    assert "bad [bold red]value[/] {x}" in text


def test_a_report_of_nothing_prints_dashes_and_no_nan():
    text = printed(build_report(interrupted(make_inputs(), 3)), 100)
    assert "–" in text
    assert "not finished" in text
    assert not re.search(r"\b(nan|None|inf)\b", text)


def test_arms_are_ranked_by_total():
    report = whole_report()
    totals = [report.scores[arm][TOTAL].estimate for arm in report.ranked()]
    assert totals == sorted(totals, reverse=True)


def test_a_profile_that_contradicts_its_kind_shows_what_was_measured():
    profiles = {name: domain.entropy for name, domain in whole_report().domains.items()}
    assert profiles["stories"].contradicts
    stream = io.StringIO()
    Console(file=stream, width=110).print(profile_table(profiles))
    line = next(line for line in stream.getvalue().splitlines() if "stories" in line)
    assert "creative" in line
    assert line.rstrip().endswith("structured")


def test_a_plan_s_sentences_name_order_precedences_worth_and_runner_up():
    plan = make_inputs().plan
    lines = "\n".join(plan_lines(plan))
    assert "sums → sort → spell → stories" in lines
    assert "1 of 6 precedences is identified: sums before sort (+0.031)." in lines
    assert "Expected to score 0.006 below the best order; a random order 0.074 below it." in lines
    assert "Runner-up: sort → sums → spell → stories" in lines
    assert "Measured, the order is 5th of all 24." in lines
    assert "Spearman" not in lines


def test_every_verdict_has_a_colour():
    assert set(VERDICT_STYLES) == set(get_args(Verdict))


def test_the_primary_pair_stands_first_with_its_corrected_p():
    report = whole_report()
    first = report.comparisons[0]
    lines = [line for line in printed(report, 110).splitlines() if signed(first.absolute.estimate) in line]
    assert any(all(word in line for word in ("bwt-cumulative", "joint", chance(first.p_adjusted))) for line in lines)


def test_what_the_same_command_printed_before_is_not_printed_again():
    """A run prints tables and plan when the probes are done, and its notes when they are found."""
    report = whole_report().model_copy(update={"data_notes": ("told before", "new")})
    stream = io.StringIO()
    print_report(Console(file=stream, width=200), report, planned=report.plan, said={"told before"})
    text = stream.getvalue()
    assert "told before" not in text
    assert "Data: new" in text
    assert not re.search("Entropy profiles|Transfer: training|chosen by|Of the order, since then", text)
    assert "Scores on test" in text
    assert " ".join(text.split()).endswith(report.verdict)


def test_what_became_known_of_the_order_since_is_printed():
    report = whole_report()
    before = report.plan.model_copy(update={"audit": report.plan.audit.model_copy(update={"notes": ()})})
    after = report.plan.model_copy(update={"audit": report.plan.audit.model_copy(update={"notes": ("It saturates.",)})})
    stream = io.StringIO()
    changed = report.model_copy(update={"plan": after})
    print_report(Console(file=stream, width=200), changed, planned=before)
    assert "Of the order, since then\n  It saturates.\n" in stream.getvalue()
