"""What guards changed is told, on the page and in the terminal; what they did not is no line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from curricula.recommended import GuardChoice
from experiments.analysis.assembly import build_report
from experiments.analysis.inputs import ReportInputs
from experiments.analysis.report import Report
from experiments.analysis.rows.guard_rows import changed, early_notes, guard_lines, limit_words
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.nodes.guarded import Guarded, Limit, PassRates
from experiments.report.html import render_html
from experiments.report.terminal.report import print_report
from tests.support.report import make_inputs, whole_report

POOL = PassRates(histogram=(6, 1, 2, 0, 1), below=6, above=1)
BANDED = Guarded(low=0.1, high=0.9, pools={"sums": POOL}, rollouts=40, planned=10, done=10)
WITHIN = Limit(guard="entropy", limit=0.2, worst=0.31)
STRUCK = Limit(guard="kl", limit=0.1, worst=0.124, struck=4)
ENDED = Guarded(limits=(STRUCK, WITHIN), planned=10, done=5)
QUIET = Guarded(limits=(WITHIN,), planned=10, done=10)


def row(guarded: Guarded, seed: int = 0, label: str = "sums") -> StageGuards:
    return StageGuards(node=f"{label}{seed}", seed=seed, path=(label,), arms=(), guarded=guarded)


@pytest.fixture(scope="module")
def inputs() -> ReportInputs:
    """Stages on sums alone have a band, all others a budget that the first seed's exceed."""
    whole = make_inputs()

    def guards(label: str, seed: int | None) -> Guarded:
        return BANDED if label == "sums" else ENDED if seed == 0 else QUIET

    records = {
        node: record.model_copy(update={"guarded": guards(record.label, record.seed)}) if record.path else record
        for node, record in whole.records.items()
    }
    return replace(whole, records=records)


@pytest.fixture(scope="module")
def report(inputs: ReportInputs) -> Report:
    return build_report(inputs)


def test_pools_and_ends_are_told_the_seeds_together() -> None:
    assert guard_lines([row(BANDED), row(BANDED, 1), row(QUIET, 0, "tales")]) == (
        "Guard: sums: of 10 prompts of sums, 6 below 0.10 and 1 above 0.90 left out, 3 drawn from (means over the "
        "seeds).",
    )
    assert guard_lines([row(ENDED), row(QUIET, 1)]) == (
        "Guard: sums: ended with 1 of 2 seeds after step 5 of 10, its KL above the budget of 0.100.",
    )
    assert guard_lines([row(ENDED)])[0].startswith("Guard: sums: ended after step 5 of 10")
    assert [changed(each) for each in (BANDED, ENDED, QUIET)] == [True, True, False]
    assert limit_words(WITHIN) == "entropy at least 0.310 (floor 0.200)"
    assert limit_words(STRUCK) == "KL at most 0.124 (budget 0.100)"


def test_a_domain_of_which_too_few_were_left_is_told() -> None:
    lifted = POOL.model_copy(update={"lifted": True})
    whole = BANDED.model_copy(update={"pools": {"sums": lifted}})
    assert guard_lines([row(whole)]) == (
        "Guard: sums: all prompts of sums drawn from, because too few were within the band (3 of 10).",
    )
    both = guard_lines([row(whole), row(BANDED, 1)])
    assert both[0].endswith("6 below 0.10 and 1 above 0.90 left out, 3 drawn from.")
    assert both[1].endswith("drawn from with 1 of 2 seeds, because too few were within the band (3 of 10).")
    assert not changed(whole)
    assert "lifted" not in POOL.model_dump()


@pytest.mark.slow
def test_what_was_recommended_is_told_with_its_reason(inputs: ReportInputs) -> None:
    why = GuardChoice(domain="sums", figures={"never_right": 0.95}, reason="95 % of items are never right.")
    made = build_report(replace(make_inputs(), guards=(why,)))
    assert made.recommended == (why,)
    assert Report.model_validate_json(made.model_dump_json()) == made
    line = "Recommended for sums: no guard. 95 % of items are never right."
    assert "Recommended for sums: no guard. 95" in render_html(made)
    for said, there in ((set(), True), ({line}, False)):
        console = Console(record=True, width=100)
        with console.capture() as printed:
            print_report(console, made, said=said)
        assert (line in printed.get()) is there
    assert "recommended" not in build_report(inputs).model_dump()


def test_every_guarded_stage_has_a_row(report: Report) -> None:
    trained = {each.id for each in report.tree if each.path and each.state == "done"}
    assert {each.node for each in report.guards} == trained
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_an_arm_that_was_ended_early_says_that_it_spent_less(inputs: ReportInputs, report: Report) -> None:
    (note,) = (note for note in report.arms["joint"].notes if note.startswith("Guards"))
    assert note == (
        "Guards ended 1 of 3 guarded stages of all seeds early, after 50 % of their steps, so it spent less than its "
        "budget: see its cost."
    )
    assert early_notes(inputs.schedules[0], make_inputs()) == ()


def test_page_and_terminal_say_so(report: Report) -> None:
    page = render_html(report)
    assert "What guards changed" in page
    assert "of 10 prompts of sums, 6 below 0.10" in page
    assert "6 · 1 · 2 · 0 · 1" in page
    assert "<rect " in page
    console = Console(record=True, width=100, file=None, quiet=False)
    with console.capture() as printed:
        print_report(console, report)
    assert "Guard: sums: of 10 prompts of sums" in printed.get()
    assert "What guards changed" not in render_html(whole_report())
