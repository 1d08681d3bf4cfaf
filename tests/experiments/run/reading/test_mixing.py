"""Adaptive mixing through the runner, on cheap nodes: what is trained, and going on after an interruption."""

from __future__ import annotations

import pytest

from curricula.schema import Resources
from domains.errors import StageError
from experiments.executors.inline import InlineExecutor
from experiments.report.html import render_html
from experiments.run.phases import run
from experiments.run.reading.mixing import follow_rounds
from experiments.run.reporting import report_of
from scheduler.mixing.rounds import begin
from tests.support.displays import silent
from tests.support.nodes import attempts
from tests.support.search import curriculum, job_at, scored

pytestmark = pytest.mark.usefixtures("no_completions")
NONE = {"orders": (), "compositions": (), "merges": (), "joint_budgets": (), "random_orders": 0, "interpolate": False}


def adaptive(order="given", rate="whole", rule="slope", beside=(), main=True):
    spec = curriculum(order=order)
    changed = {"rate": rate, "adaptive": spec.schedule.adaptive.model_copy(update={"rounds": 3, "rule": rule})}
    if main:
        changed["composition"] = "adaptive"
    schedule = spec.schedule.model_copy(update=changed)
    baselines = spec.baselines.model_copy(update={**NONE, "adaptive": tuple(beside)})
    return spec.model_copy(update={"schedule": schedule, "baselines": baselines, "seeds": (0, 1)})


def done(url, spec, run_node=scored):
    job = job_at(str(url), spec)
    return job, run(job, InlineExecutor(job.view, Resources(), run_node), silent, lambda findings: None)


@pytest.mark.slow
@pytest.mark.parametrize("rate", ["per_stage", "whole", "trunk"])
def test_all_rounds_are_trained_once_at_the_budget_of_joint_training(tmp_path, rate):
    job, report = done(tmp_path, adaptive(rate=rate, beside=["learnability", "uniform"]))
    assert report.missing == ()
    assert report.main == "adaptive-slope"
    assert set(report.arms) >= {"adaptive-slope", "adaptive-learnability", "adaptive-uniform", "joint", "joint-tuned"}
    joint = sum(stage.rollouts for stage in report.arms["joint"].stages)
    for name in ("adaptive-slope", "adaptive-learnability"):
        arm = report.arms[name]
        assert len(arm.stages) == len(arm.rounds) == 3
        assert sum(stage.rollouts for stage in arm.stages) == joint
        assert all(min(one.mixture.values()) >= 0.05 - 1e-9 for one in arm.rounds)
        assert all(one.measured is not None for one in arm.rounds)
    assert set(attempts(job.store).values()) == {1}
    assert report_of(job).arms == report.arms


@pytest.mark.slow
def test_the_report_shows_the_rounds_and_why(tmp_path):
    job, report = done(tmp_path, adaptive("bwt", rule="transfer"))
    rounds = report.arms["adaptive-transfer"].rounds
    assert all(one.predicted is not None for one in rounds)
    assert report.arms["adaptive-transfer"].probes == "first"
    # What the probes said is in the first mixture.
    (blind,) = follow_rounds(job, begin(job.curriculum, report.plan), None)
    assert rounds[0].mixture != dict(zip(job.curriculum.domains, blind.proposals[0].shares.tolist(), strict=True))
    page = render_html(report)
    assert "Adaptive mixing" in page
    assert "what a little more of the domain would add" in page


@pytest.mark.slow
def test_readings_on_the_way_are_paid_for(tmp_path):
    """Where the rate does not fall by itself, looking takes branches; only adaptive arms choose by them."""
    cost = done(tmp_path / "whole", adaptive())[1].cost.arms
    assert cost["adaptive-slope"].probes.stage_runs == 2
    assert cost["joint-tuned"].probes.stage_runs == 0
    cost = done(tmp_path / "each", adaptive(rate="per_stage"))[1].cost.arms
    assert cost["adaptive-slope"].probes.stage_runs == 0


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 4, 6])
def test_an_interrupted_command_goes_on_with_the_same_mixtures(tmp_path, after):
    spec = adaptive(beside=["learnability"])
    whole = done(tmp_path / "whole", spec)[1]
    left = [after]

    def limited(work):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        scored(work)

    with pytest.raises(KeyboardInterrupt):
        done(tmp_path / "cut", spec, limited)
    # Midway, no report shows an arm as if it had spent its budget.
    assert "adaptive-slope" not in report_of(job_at(str(tmp_path / "cut"), spec)).scores
    again = done(tmp_path / "cut", spec)[1]
    assert again.arms == whole.arms
    assert again.scores == whole.scores


@pytest.mark.slow
def test_what_else_is_in_the_store_changes_no_mixture(tmp_path):
    """Probes that another curriculum trained decide nothing where this one asks for none."""
    alone = done(tmp_path / "alone", adaptive(rule="transfer"))[1]
    done(tmp_path / "shared", adaptive("bwt", main=False))
    assert done(tmp_path / "shared", adaptive(rule="transfer"))[1].arms == alone.arms


def test_beside_a_sequence_it_is_compared_with_joint_training(tmp_path):
    report = done(tmp_path, adaptive(main=False, beside=["slope"]))[1]
    assert report.main == "given-sequential"
    assert report.arms["adaptive-slope"].role == "composition"
    assert ("adaptive-slope", "joint") in [(row.arm, row.baseline) for row in report.comparisons]


def test_a_seed_that_fails_stops_the_arm_which_is_then_missing(tmp_path):
    def failing(work):
        if work.node.depth == 2 and work.node.seed == 1:
            raise StageError("no luck")
        scored(work)

    report = done(tmp_path, adaptive(rate="per_stage"), failing)[1]
    assert "adaptive-slope" not in report.scores
    assert len(report.arms["adaptive-slope"].rounds) == 2
    assert any("adaptive-slope" in row.arms for row in report.missing)
