"""Stages whose rewards never vary, through a whole run: said in terminal, page and plan; effect 0, no order credit."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from curricula.schema import Resources
from experiments.analysis.report import Report
from experiments.executors.base import Work
from experiments.executors.inline import InlineExecutor
from experiments.nodes.health import Health, RolloutGroups
from experiments.report.html import render_html
from experiments.report.terminal.report import print_report
from experiments.run.job import job_at
from experiments.run.phases import run
from experiments.store import Store
from tests.support.displays import silent
from tests.support.drivers import DOMAINS, prepared
from tests.support.nodes import ignore, leave
from tests.support.report import make_record

pytestmark = pytest.mark.slow
FLAT = "sort"
WHY = "no group had variance (all wrong 90 %, all right 10 %)"


def trains(work: Work) -> None:
    """Stages of `FLAT` alone leave their parent's weights and score otherwise by chance; all others learn."""
    work_record = make_record(work.node, prepared().curriculum)
    if work.node.label == FLAT:
        groups = {FLAT: RolloutGroups(count=100, wrong=90, right=10, alike=0)}
        health = Health(groups=groups, completion_tokens=3.0, truncated=0.0)
        work_record = work_record.model_copy(update={"health": health, "moved": False})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weights.txt").write_text(work.node.id, "ascii")
        leave(Store.open(work.store), work.node, work.setup, work_record, Path(folder))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    work = prepared()
    seeded = replace(work, curriculum=work.curriculum.model_copy(update={"seeds": (0, 1, 2)}))
    job = job_at(seeded, Store.open(str(tmp_path_factory.mktemp("flat") / "store")))
    return run(job, InlineExecutor(job.view, Resources(), trains), silent, ignore)


def test_terminal_and_page_say_so(report: Report) -> None:
    console = Console(record=True, width=200, quiet=False)
    with console.capture() as printed:
        print_report(console, report)
    for told in (printed.get(), re.sub("<[^>]+>", "", render_html(report))):
        words = " ".join(told.split())
        assert f"Taught nothing: {FLAT} (seed 0, 1, 2): {WHY}" in words
        # In the plan's own words too.
        assert f"{FLAT}: taught nothing: {WHY}" in words


def test_its_effects_are_0_with_an_interval(report: Report) -> None:
    assert report.plan is not None
    assert report.transfer is not None
    at = DOMAINS.index(FLAT)
    for effect in report.transfer.effects[at]:
        assert effect.estimate == 0
        assert effect.missing is None
        # Not a bit of the weights moved, so there is nothing that could be otherwise.
        assert effect.ends == (0, 0)
    gains = {gain.domain: gain for gain in report.plan.own_gains}
    assert gains[FLAT].nothing == WHY
    assert gains[FLAT].gain.estimate == 0
    assert gains[FLAT].p_adjusted == 1
    assert not gains[FLAT].raised


def test_no_order_is_credited_with_it(report: Report) -> None:
    assert report.plan is not None
    pairs = {frozenset((one.first, one.second)): one for one in report.plan.precedences}
    assert not any(pairs[frozenset((FLAT, name))].identified for name in DOMAINS if name != FLAT)
    # The mean of what domains gain is over those that were taught something.
    gains = {gain.domain: gain.gain.value for gain in report.plan.own_gains}
    others = [gains[name] for name in DOMAINS if name != FLAT]
    assert report.plan.own_gain.value == pytest.approx(sum(others) / len(others))
