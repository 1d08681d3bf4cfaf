"""Stages that taught nothing are said so, on the page and in the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from experiments.analysis.assembly import build_report
from experiments.analysis.report import Report
from experiments.analysis.rows.health_rows import health_line, idle_lines
from experiments.analysis.sentences.health_words import nothing_words
from experiments.nodes.health import NO_LEVERAGE, Health, Leverage, RolloutGroups
from experiments.report.html import render_html
from experiments.report.terminal.report import print_report
from tests.support.report import make_inputs

MIXED = RolloutGroups(count=10, wrong=2, right=1, alike=0, leverage=Leverage(lone_groups=4, lone=9.0, advantage=12.0))
FLAT = RolloutGroups(count=10, wrong=9, right=1, alike=0, leverage=NO_LEVERAGE)


@pytest.fixture(scope="module")
def report() -> Report:
    """Every stage has rollouts; those on sums alone have no variance."""
    inputs = make_inputs()

    def health(label: str) -> Health:
        groups = dict.fromkeys(label.split("+"), FLAT if label == "sums" else MIXED)
        return Health(groups=groups, completion_tokens=7.25, truncated=0.5, entropy=0.4, clipped=0.0)

    records = {
        node: record.model_copy(update={"health": health(record.label), "moved": record.label != "sums"})
        if record.path
        else record
        for node, record in inputs.records.items()
    }
    return build_report(replace(inputs, records=records))


def test_every_stage_with_rollouts_has_a_row_and_flat_ones_a_reason(report: Report) -> None:
    trained = {row.id for row in report.tree if row.path and row.state == "done"}
    assert {row.node for row in report.health} == trained
    why = "no group had variance (all wrong 90 %, all right 10 %)"
    assert {row.nothing for row in report.health if row.path[-1] == "sums"} == {why}
    assert {row.nothing for row in report.health if row.path[-1] != "sums"} == {None}


def test_the_seeds_of_a_stage_are_told_of_together(report: Report) -> None:
    lines = idle_lines(report.health)
    assert lines[0].startswith("Taught nothing: sums (seed 0, 1, 2): no group had variance (all wrong 90 %")
    assert health_line(report.health).endswith("50 % of completions cut off.")
    assert health_line(()) == ""


def test_leverage_is_told_where_it_is_known(report: Report) -> None:
    line = health_line(report.health)
    assert "75 % of the advantages of sums in groups with a lone success, 50 % of completions cut off" in line
    assert '<td class="number">75\xa0%</td>' in render_html(report)
    assert "75 % of the advantages" in terminal(report)
    health = Health(groups={"sums": MIXED.model_copy(update={"leverage": None})}, completion_tokens=1.0, truncated=0.0)
    old = report.health[0].model_copy(update={"health": health})
    assert "advantages" not in health_line((old,))
    assert "75 % of the advantages of stories" in health_line((old, *report.health)), "of another domain it is known"


def test_one_domain_s_luck_is_not_hidden_by_the_others(report: Report) -> None:
    even = MIXED.model_copy(update={"leverage": Leverage(lone_groups=0, lone=0.0, advantage=500.0)})
    health = Health(groups={"sums": even, "sort": MIXED}, completion_tokens=1.0, truncated=0.0)
    row = report.health[0].model_copy(update={"health": health})
    assert "75 % of the advantages of sort in groups with a lone success" in health_line((row,))


def test_page_and_terminal_say_so(report: Report) -> None:
    page = render_html(report)
    assert "Taught nothing: sums (seed 0, 1, 2)" in page
    assert page.count('<th scope="col">without variance</th>') == len({row.path for row in report.health})
    assert "Taught nothing: sums" in terminal(report)
    assert "of groups without variance" in terminal(report)


def terminal(report: Report) -> str:
    """All of it, with blanks in place of the ends of lines."""
    console = Console(record=True, width=100, file=None, quiet=False)
    with console.capture() as printed:
        print_report(console, report)
    return " ".join(printed.get().split())


def test_what_something_else_than_rewards_moved_is_said_so() -> None:
    groups = Health(groups={"sums": FLAT}, completion_tokens=1.0, truncated=0.0)
    (record, *_) = (record for record in make_inputs().records.values() if record.path)
    still, adrift = (record.model_copy(update={"health": groups, "moved": moved}) for moved in (False, True))
    assert (still.taught, adrift.taught) == (False, False)
    assert nothing_words([still, still]) == "no group had variance (all wrong 90 %, all right 10 %)"
    assert nothing_words([still, adrift]).startswith("no group had variance (all wrong 90 %, all right 10 %); yet")
