"""The end of a search: who meets whom, on which seeds, at whose cost."""

from __future__ import annotations

import json
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from curricula.loader import load_curriculum
from domains.errors import StagewiseError
from experiments.analysis.stable import without_seconds
from experiments.cli.runs import runs
from experiments.executors.inline import InlineExecutor
from experiments.nodes.tree import chain
from experiments.run.phases import Findings
from experiments.search.final import finish, write_search
from experiments.search.joint_search import joint_space, planned_trials, starts
from experiments.search.report.pairs import PAIRS, SEARCHED
from experiments.search.report.report import SearchReport
from experiments.search.report.spent import StudyTrials, steps_of
from experiments.search.storage import Place
from scheduler.arms import fixed_arms, main_arm
from scheduler.search.space import space
from tests.support.search_loop import QUIET, Nodes, finished, make_curriculum, make_job, make_study, silent

pytestmark = pytest.mark.slow

TRIALS = 8
FRESH = (101, 102, 103, 104, 105)


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Job, nodes that ran, study, findings, place and report of one whole search."""
    job, nodes = make_job(tmp_path_factory.mktemp("store"), make_curriculum()), Nodes()
    study, findings, place = make_study(job, nodes, TRIALS)
    executor = InlineExecutor(job.view, job.curriculum.resources, nodes)
    report = finish(job, executor, silent, study, findings, QUIET, place)
    write_search(job, report)
    return job, nodes, study, findings, place, report


def test_all_arms_meet_on_fresh_seeds(ended):
    report = ended[-1]
    names = ["searched", "planned", "joint", "joint-tuned", "joint-searched", "joint-probes", "base"]
    assert list(report.arms) == names
    assert report.fresh_seeds == FRESH
    assert all(len(arm.scores["total"].per_seed) == 5 for arm in report.arms.values())
    assert [(gain.test.arm, gain.test.baseline) for gain in report.gains] == list(PAIRS)
    assert all(gain.test.seeds == 5 for gain in report.gains)
    assert [gain.test.primary for gain in report.gains] == [True] + 8 * [False]
    assert report.verdict.startswith("On test, searched ")


def test_the_winner_is_the_best_finished_trial(ended):
    report = ended[-1]
    done = [row for row in report.trials if row.value is not None]
    assert report.best.validation == max(row.value for row in done)
    assert report.arms[SEARCHED].validation == report.best.validation
    assert report.arms[SEARCHED].stages == report.best.stages


def test_what_was_promised_is_the_ratio_of_validation_scores(ended):
    report = ended[-1]
    gain = next(gain for gain in report.gains if (gain.test.arm, gain.test.baseline) == (SEARCHED, "joint"))
    joint = next(row for row in report.joint_trials if row.start == "joint")
    assert gain.promised == pytest.approx(report.best.validation / joint.value - 1)
    assert "had said" in report.verdict
    probes = next(gain for gain in report.gains if gain.test.baseline == "joint-probes")
    assert probes.promised is None


def test_phases_add_up_to_everything_that_ran(ended):
    _, nodes, study, _, _, report = ended
    cost = report.cost
    assert cost.search.stage_runs == sum(trial.user_attrs["stage_runs"] for trial in study.trials)
    stages = [cost.probes, cost.search, cost.joint_search, cost.final]
    # All seeds share one base.
    assert sum(row.stage_runs for row in stages) == len(set(nodes.ran)) - 1
    assert cost.unshared >= cost.search.stage_runs


def test_joint_training_gets_the_budget_of_the_search_and_not_much_more(ended):
    job, _, study, _, _, report = ended
    budget = steps_of(job.setup, StudyTrials(study, job.curriculum, None).trained(), (0,))
    # Whole runs: it may fall short by less than one.
    run = sum(stage.steps for stage in report.arms["joint"].stages)
    assert budget - run < report.cost.joint_search.steps <= budget
    assert {0.0, 0.5, 1.0} <= {row.params["sft_first"] for row in report.joint_trials}
    assert [row.number for row in report.joint_trials] == list(range(len(report.joint_trials)))


def test_a_second_time_nothing_runs_and_the_report_is_the_same(ended):
    job, nodes, study, findings, place, report = ended
    before = len(nodes.ran)
    executor = InlineExecutor(job.view, job.curriculum.resources, nodes)
    again = finish(job, executor, silent, study, findings, QUIET, place)
    assert len(nodes.ran) == before
    assert stable(again) == stable(report)


def test_the_best_schedule_runs_from_its_yaml_without_training_anything(ended):
    job, report = ended[0], ended[-1]
    text = job.store.read_run(job.run, "best.yaml")
    path = Path(job.store.url, job.run, "best.yaml")
    loaded = load_curriculum(path)
    own = {arm.name: arm for arm in fixed_arms(loaded)}[main_arm(loaded)]
    nodes = [node for seed in FRESH for node in chain(job.setup, own.stages, seed)]
    assert job.view.finished(nodes) == {node.id for node in nodes}
    assert text == report.best.yaml


def test_the_files_are_there_and_the_json_reads_back(ended):
    job, report = ended[0], ended[-1]
    assert SearchReport.model_validate_json(job.store.read_run(job.run, "search.json")) == report
    assert len(job.store.read_run(job.run, "trials.csv").splitlines()) == TRIALS + 1
    assert "plotly" in job.store.read_run(job.run, "search.html")


def test_a_searched_run_is_listed_with_its_verdict(ended, capsys):
    job, report = ended[0], ended[-1]
    runs(store=job.store.url, json=True)
    assert json.loads(capsys.readouterr().out) == [{"run": job.run, "state": "done", "verdict": report.verdict}]


def test_what_fails_is_missing_and_the_rest_goes_on(tmp_path):
    curriculum = make_curriculum(leave_out=[], refresh=[0], compositions=["sequential"], methods={})
    report = finished(make_job(tmp_path, curriculum), Nodes(failing=103), 3)
    assert {row.seed for row in report.missing} == {103}
    assert {row.boundary for row in report.missing if row.state == "failed"} == {"training"}
    assert report.arms[SEARCHED].scores["total"].per_seed[2] is not None
    assert report.arms["joint"].scores["total"].per_seed[2] is None
    assert {gain.test.seeds for gain in report.gains if gain.test.baseline.startswith("joint")} == {4}
    assert "missing" in report.verdict
    assert not any("sft_first" in row.params for row in report.joint_trials)


def test_without_a_finished_trial_there_is_nothing_to_compare(tmp_path):
    job = make_job(tmp_path, make_curriculum())
    study = optuna.create_study(direction="maximize")
    study.add_trial(create_trial(state=TrialState.FAIL))
    executor = InlineExecutor(job.view, job.curriculum.resources, Nodes())
    with pytest.raises(StagewiseError, match="no trial has finished"):
        finish(job, executor, silent, study, Findings(), QUIET, Place(study._storage, ""))


def test_the_joint_space_has_the_searchs_freedoms_and_no_others():
    freedoms = {"length.sums", "length.sort", "length.stories", "leave_out.sums", "lr_scale", "lr_decay"}
    assert set(space(joint_space(make_curriculum()))) == {*freedoms, "sft_first"}
    some = make_curriculum(methods={"sums": ["grpo", "sft"]})
    assert set(space(joint_space(some))) == freedoms


def test_joint_training_begins_as_people_run_it_and_with_each_method():
    joint = joint_space(make_curriculum())
    found = {start.name: start.params for start in starts(joint, ("sums", "sort", "stories"))}
    assert list(found) == ["joint", "joint, decayed", "joint, half by SFT", "joint, by SFT"]
    assert [params["sft_first"] for params in found.values()] == [0.0, 0.0, 0.5, 1.0]
    faster = starts(joint_space(make_curriculum(sft_rate=[1, 3])), ("sums", "sort", "stories"))
    assert [start.name for start in faster[4:]] == [
        "joint, half by SFT at 3 times the rate",
        "joint, by SFT at 3 times the rate",
    ]
    assert {start.params["sft_rate"] for start in faster[4:]} == {3}


@pytest.mark.parametrize(("budget", "trials"), [(0, 1), (119, 1), (240, 2), (10**9, 320)])
def test_joint_trials_are_what_the_budget_pays_for(tmp_path, budget, trials):
    job = make_job(tmp_path, make_curriculum())
    tried = StudyTrials(
        optuna.create_study(direction="maximize"), joint_space(job.curriculum), ("sums", "sort", "stories")
    )
    assert planned_trials(job, tried, budget) == trials


def test_sampler_and_pruner_know_the_order_that_a_search_is_pinned_to(tmp_path):
    """Else what the probes measured would stand for stages of another order."""
    curriculum = make_curriculum(order="plan", sampler="ordering", compositions=["sequential"])
    reverse = curriculum.schedule.model_copy(update={"order": "reverse"})
    curriculum = curriculum.model_copy(update={"schedule": reverse})
    study, findings, _ = make_study(make_job(tmp_path, curriculum), Nodes(), 2)
    order = findings.plan.order
    assert order != tuple(curriculum.domains)
    for adviser in (study.sampler, study.pruner):
        assert [stage.domain for stage in adviser._layout.stages(study.trials[0].params)] == list(order)


def test_a_pruned_trial_counts_the_stages_it_trained():
    curriculum = make_curriculum(leave_out=[], refresh=[0], compositions=["sequential"])
    study = optuna.create_study(direction="maximize")
    params = {name: one.choices[0] for name, one in space(curriculum).items()}
    pruned = create_trial(state=TrialState.PRUNED, value=0.4, params=params, distributions=space(curriculum))
    pruned.intermediate_values = {1: 0.3, 2: 0.4}
    study.add_trial(pruned)
    study.add_trial(create_trial(value=0.5, params=params, distributions=space(curriculum)))
    study.add_trial(create_trial(state=TrialState.FAIL, params=params, distributions=space(curriculum)))
    tried = StudyTrials(study, curriculum, None)
    assert [len(schedule.stages) for schedule in tried.trained()] == [2, 3]
    assert list(tried.values().values()) == [0.5]
    assert tried.rows[0].value is None


def stable(report: SearchReport) -> object:
    return without_seconds(report.model_dump(mode="json", exclude={"environment"}))
