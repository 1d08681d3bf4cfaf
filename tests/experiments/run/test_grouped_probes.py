"""Grouped probes through the runner: what is trained, what is said of it, and what it costs."""

from __future__ import annotations

import numpy as np
import optuna
import pytest
from rich.console import Console

from curricula.schema import Curriculum, Resources
from experiments.executors.inline import InlineExecutor
from experiments.report.html import render_html
from experiments.report.terminal.report import print_report
from experiments.run.estimating.estimate import estimate
from experiments.run.phases import probe, run
from experiments.search.phases import tell_probes
from experiments.search.warm_start import warm_starts
from scheduler.probing.probes import unit_probes
from scheduler.search.beliefs import believe
from scheduler.search.layout import Layout
from scheduler.search.points import Lineages
from scheduler.search.trial_history import MEASURED
from tests.support.displays import silent, titled
from tests.support.nodes import attempts
from tests.support.search import curriculum, job_at, scored

pytestmark = pytest.mark.usefixtures("no_completions")
GROUPS = {"letters": ["c", "a"]}


def spec(groups=GROUPS, seeds=(0, 1), **schedule):
    plain = curriculum("a b c d", order="bwt", seeds=list(seeds))
    data = plain.model_dump(mode="json")
    data["schedule"]["probing"] = {"groups": groups, **schedule}
    return Curriculum.model_validate(data | {"seeds": seeds})


def ran(url, of):
    job, titles = job_at(str(url), of), []
    report = run(job, InlineExecutor(job.view, Resources(), scored), titled(titles), lambda findings: None)
    return report, titles


@pytest.fixture
def report(tmp_path):
    return ran(tmp_path, spec())[0]


def test_a_group_is_one_stage_for_all_of_its_members(tmp_path):
    job, titles = job_at(str(tmp_path), spec()), []
    findings = probe(job, InlineExecutor(job.view, Resources(), scored), titled(titles))
    assert titles == ["Probes: 3 probes for 4 domains (letters: c, a)"]
    assert len(attempts(job.store)) == 1 + 2 * 3
    assert list(findings.measured.units) == ["letters", "b", "d"]
    assert findings.plan.groups == {"letters": ("c", "a")}


@pytest.mark.slow
def test_the_reports_matrix_says_that_a_row_is_the_groups(report):
    shown = report.model_dump(mode="json")["transfer"]
    assert shown["groups"] == {"letters": ["c", "a"]}
    a, b, c = (report.transfer.domains.index(name) for name in "abc")
    assert report.transfer.effects[a][b] == report.transfer.effects[c][b]
    assert report.transfer.effects[a][c].missing
    console = Console(width=160, record=True)
    print_report(console, report)
    text = console.export_text()
    page = render_html(report)
    for told in (text, page):
        assert "a (letters)" in told
        assert "Rows of one group (in brackets) are one measurement, of its probe." in told
        assert "3 probes for 4 domains (letters: c, a)." in " ".join(told.split())


def test_what_the_run_cost_counts_the_groups_probe_once(report):
    assert report.cost.probe_stage_runs == 2 * 3
    owed = report.cost.arms[report.main].probes.stage_runs + 1
    # The first stage of the order is its own probe, unless that was probed with its group.
    assert owed == 3 + (report.arms[report.main].order[0] in "ac")


def test_the_estimate_counts_probes_as_they_are_trained(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda *_, **__: None)
    monkeypatch.setattr("experiments.run.estimating.estimate.DRAWS", 2)
    grouped, plain = (
        estimate(job_at(str(tmp_path / name), one).prepared, None)
        for name, one in (("grouped", spec()), ("plain", spec({})))
    )
    assert (grouped.probe_stage_runs, plain.probe_stage_runs) == (2 * 3, 2 * 4)


@pytest.mark.slow
def test_groups_of_one_train_and_plan_what_no_groups_do(tmp_path):
    alone = ran(tmp_path / "alone", spec({"only": ["a"], "other": ["b"]}))[0]
    plain = ran(tmp_path / "plain", spec({}))[0]
    assert alone.plan == plain.plan
    assert [row.id for row in alone.tree] == [row.id for row in plain.tree]


def test_a_search_is_told_every_probe_and_begins_with_the_plan(tmp_path):
    """Its sampler knows of a group that all members were trained, and what that did."""
    job = job_at(str(tmp_path), spec())
    findings = probe(job, InlineExecutor(job.view, Resources(), scored), silent)
    study = optuna.create_study(direction="maximize")
    tell_probes(study, job, findings)
    told = study.user_attrs[MEASURED]["0"]
    assert set(told) == {"", "a + c", "b", "d"}
    layout, (stage,) = Layout(job.curriculum), unit_probes(job.curriculum)["letters"].stages
    (group,) = layout.encode_paths([("a + c",)], Lineages())
    assert group.cost[-1].sum() == stage.rollout_budget
    size = len(job.curriculum.domains)
    changed = group.features[-1][: size * size].reshape(size, size)
    assert [name for name, row in zip(job.curriculum.domains, changed, strict=True) if row.any()] == ["a", "c"]
    beliefs = believe(study, [], layout, Lineages())
    assert len(beliefs.seen) == len(told) * len(job.curriculum.seeds)
    assert any(start.name.startswith("plan-") for start in warm_starts(job.curriculum, findings))
    assert np.isfinite(findings.plan.total)
