"""A schedule that has no order of its own is searched too, and meets what was found."""

from __future__ import annotations

import pytest

from curricula.schema import ScheduleSpec
from curricula.searchable import searchable
from experiments.executors.inline import InlineExecutor
from experiments.run.findings import Findings
from experiments.search.final import finish
from experiments.search.phases import searching
from experiments.search.warm_start import NO_POINT, own_notes
from scheduler.composing.choice import own_choice
from scheduler.composing.compose import schedule_of, written_out
from scheduler.composing.joint import budget
from scheduler.search.space import joint_space
from tests.support.displays import silent
from tests.support.search_loop import QUIET, Nodes, make_curriculum, make_job, make_study


def searched(folder, curriculum, trials=5):
    own, nodes = make_job(folder, curriculum), Nodes()
    job = searching(own)
    assert job.run == own.run
    study, findings, place = make_study(job, nodes, trials)
    executor = InlineExecutor(job.view, job.curriculum.resources, nodes)
    return finish(job, executor, silent, study, findings, QUIET, place, own)


def explicit(*stages):
    spec = make_curriculum(methods={}, leave_out=[])
    schedule = ScheduleSpec.model_validate({"composition": "explicit", "stages": list(stages)})
    return spec.model_copy(update={"schedule": schedule})


def adaptive(*compositions):
    spec = make_curriculum(methods={}, leave_out=[], compositions=list(compositions))
    mixing = spec.schedule.adaptive.model_copy(update={"rounds": 3, "rule": "slope"})
    update = {"composition": "adaptive", "adaptive": mixing, "rate": "whole", "lr_decay": 1.0}
    return spec.model_copy(update={"schedule": spec.schedule.model_copy(update=update)})


@pytest.mark.slow
def test_explicit_stages(tmp_path):
    curriculum = explicit(
        {"mixture": {"stories": 1}},
        {"mixture": {"sums": 0.5, "sort": 0.5}, "training": {"steps": 80}},
    )
    report = searched(tmp_path, curriculum)
    assert report.missing == ()
    assert [len(arm.stages) for name, arm in report.arms.items() if name == "planned"] == [2]
    spent = {name: sum(stage.rollouts for stage in arm.stages) for name, arm in report.arms.items()}
    assert spent["searched"] == spent["planned"] == spent["joint"]
    assert ("searched", "planned") in {(gain.test.arm, gain.test.baseline) for gain in report.gains}
    assert NO_POINT.format(name="explicit") in report.notes


@pytest.mark.slow
def test_adaptive_mixing(tmp_path):
    report = searched(tmp_path, adaptive("joint", "sequential"))
    assert report.missing == ()
    assert len(report.arms["planned"].stages) == 3
    assert len(report.arms["planned"].scores["total"].per_seed) == 5
    assert NO_POINT.format(name="adaptive-slope") in report.notes
    # Its rounds were chosen on the curriculum's own seeds, and are paid for with the probes.
    assert report.cost.probes.stage_runs > 2 * 3


def test_what_is_a_point_of_the_space_is_begun_with_and_not_spoken_of():
    own = adaptive("joint", "adaptive")
    assert own_notes(own, own, Findings()) == ()
    alike = explicit({"mixture": {"sums": 1}}, {"mixture": {"sort": 1}}, {"mixture": {"stories": 1}})
    assert own_notes(alike, searchable(alike), Findings()) == ()
    other = explicit({"mixture": {"sums": 1, "sort": 1}}, {"mixture": {"stories": 1}})
    assert own_notes(other, searchable(other), Findings()) == (NO_POINT.format(name="explicit"),)


def test_joint_training_is_searched_at_the_budget_of_explicit_stages():
    own = explicit({"mixture": {"sums": 1, "sort": 3}, "training": {"steps": 60}}, {"mixture": {"stories": 1}})
    part = joint_space(searchable(own))
    joint = schedule_of(own_choice(part, part.schedule.given, "joint"), part, "")
    assert budget(joint) == budget(written_out(own, name="own", role="main"))
