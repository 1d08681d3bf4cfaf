"""Limits from the YAML to the report: learners whose skills fade by what others train, planned within limits."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from curricula.schema import Constraints
from experiments.analysis.sentences.limit_words import measured_line
from experiments.executors.inline import InlineExecutor
from experiments.run.phases import run
from experiments.search.analysis.report import SearchReport
from experiments.search.report.html import render_search
from experiments.search.report.terminal import print_search
from tests.support.search_loop import Nodes, finished, make_curriculum, make_job, silent

pytestmark = pytest.mark.slow
LIMIT = Constraints(loss={"sort": 0.02})
"""One later stage is predicted to take 0.03."""


def limited(constraints: Constraints, **search):
    spec = make_curriculum(**search)
    schedule = spec.schedule.model_copy(update={"constraints": constraints, "lr_decay": 1.0})
    return spec.model_copy(update={"schedule": schedule, "seeds": (0, 1, 2)})


def report_of(folder, constraints):
    job = make_job(folder, limited(constraints))
    return run(job, InlineExecutor(job.view, job.curriculum.resources, Nodes()), silent, lambda findings: None)


def test_a_run_keeps_the_limit_that_its_best_order_breaks(tmp_path, monkeypatch):
    # These learners score and say nothing.
    monkeypatch.setattr("experiments.run.reporting.completions", lambda *given: {})
    free, held = report_of(tmp_path / "free", Constraints()), report_of(tmp_path / "held", LIMIT)
    assert free.plan.order[-1] != "sort"
    assert held.plan.order[-1] == "sort"
    assert held.plan.constraints.free == free.plan.order
    assert held.plan.constraints.broken == ()
    assert free.limits == {}
    # Nothing comes after sort, so nothing can be lost; where something does, it is.
    assert held.main not in held.limits
    assert held.limits
    verdicts = {arm: rows[0].verdict for arm, rows in held.limits.items() if arm.endswith("-sequential")}
    assert "broken" in verdicts.values()
    assert "kept" not in verdicts.values()


def test_a_search_does_not_end_with_what_breaks_limits(tmp_path):
    spec = limited(
        LIMIT, compositions=["sequential"], leave_out=[], refresh=[0], seeds=[0], lr_scale=[1], lr_decay=[1.0]
    )
    report: SearchReport = finished(make_job(tmp_path, spec), Nodes(), 12)
    rows = [row for row in report.trials if row.state == "complete"]
    broken = {row.number for row in rows if any(value > 0 for value in row.limits.values())}
    assert broken
    assert report.best.trial not in broken
    assert any(note.startswith("Limits, on validation") and "kept all" in note for note in report.notes)
    assert "limits" not in report.curriculum.model_dump(mode="json")


def test_a_search_tells_on_fresh_seeds_and_test_items_what_became_of_limits(tmp_path):
    spec = limited(Constraints(loss=0.03), compositions=["sequential"], leave_out=[], refresh=[0], seeds=[0])
    report: SearchReport = finished(make_job(tmp_path, spec), Nodes(), 3)
    stages = [next(iter(stage.mixture)) for stage in report.best.stages]
    rows = report.limits["searched"]
    assert {(row.domain, row.stage) for row in rows} == {(name, at) for at, name in enumerate(stages[:-1], start=1)}
    assert {row.measured.n for row in rows} == {len(report.fresh_seeds)}
    assert "planned" in report.limits
    assert not any(arm.startswith("joint") for arm in report.limits)
    assert SearchReport.model_validate_json(report.model_dump_json()).limits == report.limits
    line, stream = measured_line("searched", report.limits), StringIO()
    print_search(Console(file=stream, width=400), report)
    assert line in stream.getvalue().splitlines()
    page = render_search(report)
    assert page.count('id="limits"') == 1
    assert all(f"loss of {row.domain}" in page for row in rows)
    bare = report.model_copy(update={"limits": {}})
    assert "limits" not in bare.model_dump(mode="json")
    assert 'id="limits"' not in render_search(bare)
