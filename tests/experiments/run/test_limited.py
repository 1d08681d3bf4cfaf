"""Limits from the YAML to the report: learners whose skills fade by what others train, planned within limits."""

from __future__ import annotations

import pytest

from curricula.schema import Constraints
from experiments.executors.inline import InlineExecutor
from experiments.run.phases import run
from experiments.search.analysis.report import SearchReport
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
    monkeypatch.setattr("experiments.run.phases.completions", lambda *given: {})
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
