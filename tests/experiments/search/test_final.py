"""The end of a search: who meets whom, on which seeds, at whose cost."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState, create_trial
from rich.console import Console

from curricula.loader import load_curriculum
from domains.errors import StagewiseError
from experiments.analysis.stable import without_seconds
from experiments.cli.runs import runs
from experiments.executors.inline import InlineExecutor
from experiments.nodes.tree import chain
from experiments.run.findings import Findings
from experiments.search.analysis.pairs import SEARCHED, pairs
from experiments.search.analysis.report import SearchReport
from experiments.search.analysis.study_trials import StudyTrials
from experiments.search.final import finish, write_search
from experiments.search.joint_search import planned_trials
from experiments.search.report.html import render_search
from experiments.search.report.terminal import print_search
from experiments.search.storage import Place
from experiments.search.warm_start import warm_starts
from scheduler.arms import fixed_arms, main_arm
from scheduler.search.orders import placed, places
from scheduler.search.space import joint_space, space
from scheduler.search.trial_history import MEASURED
from tests.support.displays import silent
from tests.support.search_loop import QUIET, Nodes, finished, make_curriculum, make_job, make_study

pytestmark = pytest.mark.slow

TRIALS = 10
FRESH = (101, 102, 103, 104, 105)


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Job, nodes that ran, study, findings, place and report of one whole search."""
    job, nodes = make_job(tmp_path_factory.mktemp("store"), make_curriculum(seeds=[])), Nodes()
    study, findings, place = make_study(job, nodes, TRIALS)
    executor = InlineExecutor(job.view, job.curriculum.resources, nodes)
    report = finish(job, executor, silent, study, findings, QUIET, place)
    write_search(job, report)
    return job, nodes, study, findings, place, report


def printed(report):
    stream = io.StringIO()
    print_search(Console(file=stream, width=200), report)
    return stream.getvalue()


def met_of(report, rivals):
    """Who meets whom: two arms that train the same stages never, and what both meet once."""
    stages = {name: arm.stages or name for name, arm in report.arms.items()}
    same = stages["joint"] == stages["joint-searched"]
    assert ("joint and joint-searched train the same stages, so they are compared once." in report.notes) == same
    met = []
    for one, other in pairs(rivals):
        before = [(stages[first], stages[second]) for first, second in met]
        if stages[one] != stages[other] and (stages[one], stages[other]) not in before:
            met.append((one, other))
    return met


def test_all_arms_meet_on_fresh_seeds(ended):
    report = ended[-1]
    joint = ["joint", "joint-tuned", "joint-searched", "joint-probes", "joint-x0.5"]
    rivals = ["merge-linear", "merge-ties", "merge-dare"]
    assert list(report.arms) == ["searched", "planned", *joint, *rivals, "base"]
    assert report.fresh_seeds == FRESH
    assert all(len(arm.scores["total"].per_seed) == 5 for arm in report.arms.values())
    met = met_of(report, rivals)
    assert [(gain.test.arm, gain.test.baseline) for gain in report.gains] == met
    assert all(gain.test.seeds == 5 for gain in report.gains)
    assert [gain.test.primary for gain in report.gains] == [True] + (len(met) - 1) * [False]
    assert report.verdict.startswith("On test, searched ")


def test_joint_training_at_equal_cost_is_read_off_between_its_budgets(ended):
    report = ended[-1]
    ends = sorted((report.arms[name].cost.tokens, name) for name in ("joint-x0.5", "joint"))
    ratio = report.arms[SEARCHED].cost.tokens / report.arms["joint"].cost.tokens
    assert report.at_equal_tokens.ratio == pytest.approx(ratio)
    inside = ends[0][0] <= 1.02 * report.arms[SEARCHED].cost.tokens <= 1.02**2 * ends[1][0]
    assert report.at_equal_tokens.between == (("joint-x0.5", "joint") if inside else ())
    for text in (printed(report), render_search(report)):
        assert "At equal tokens (searched took" in " ".join(text.split())
        assert "At equal seconds of training (searched took" in " ".join(text.split())


def test_adaptive_mixing_that_is_asked_for_is_a_rival(tmp_path):
    own = make_curriculum(seeds=[])
    asked = own.baselines.model_copy(update={"adaptive": ("uniform", "learnability"), "merges": ()})
    curriculum = own.model_copy(update={"baselines": asked})
    job, nodes = make_job(tmp_path, curriculum), Nodes()
    study, findings, place = make_study(job, nodes, 8)
    report = finish(
        job, InlineExecutor(job.view, job.curriculum.resources, nodes), silent, study, findings, QUIET, place
    )
    rivals = ("adaptive-uniform", "adaptive-learnability")
    met = met_of(report, rivals)
    assert [(gain.test.arm, gain.test.baseline) for gain in report.gains] == met
    assert all(len(report.arms[name].scores["total"].per_seed) == 5 for name in rivals)
    assert all(report.arms[name].cost.rollouts == report.arms["joint"].cost.rollouts for name in rivals)
    render_search(report)


def test_the_winner_is_the_best_that_has_its_seeds(ended):
    report = ended[-1]
    first = [row for row in report.trials if row.number == report.best.trial]
    mine = first + [row for row in report.trials if row.repeats == report.best.trial]
    done = [row for row in mine if row.value is not None]
    assert report.search_seeds == (0, 1, 2)
    assert sorted(report.best.seeds) == sorted(row.seed for row in done) == [0, 1, 2]
    assert report.best.validation == pytest.approx(np.mean([row.value for row in done]))
    assert report.best.scores["sums"] == pytest.approx(np.mean([row.scores["sums"] for row in done]))
    # What the model expects of it lies near what it scored; luck of single runs is shrunk.
    assert report.best.expected == pytest.approx(report.best.validation, abs=0.03)
    assert report.arms[SEARCHED].validation == report.best.validation
    assert report.arms[SEARCHED].stages == report.best.stages


def test_what_was_promised_is_the_ratio_of_validation_scores(ended):
    report = ended[-1]
    gain = next(gain for gain in report.gains if (gain.test.arm, gain.test.baseline) == (SEARCHED, "joint"))
    joint = next(row for row in report.joint_trials if row.start == "joint")
    theirs = {row.seed: row.value for row in report.joint_trials if joint.number in (row.number, row.repeats)}
    best = report.best.trial
    ours = {row.seed: row.value for row in report.trials if best in (row.number, row.repeats)}
    both = sorted(theirs.keys() & ours.keys())
    ratio = np.mean([ours[seed] for seed in both]) / np.mean([theirs[seed] for seed in both])
    assert gain.promised == pytest.approx(ratio - 1)
    assert "had said" in report.verdict
    probes = next(gain for gain in report.gains if gain.test.baseline == "joint-probes")
    assert probes.promised is None


def test_phases_add_up_to_everything_that_ran(ended):
    _, nodes, study, _, _, report = ended
    cost = report.cost
    assert cost.search.stage_runs == sum(trial.user_attrs["stage_runs"] for trial in study.trials)
    stages = [cost.probes, cost.search, cost.joint_search, cost.final]
    # All seeds share one base, and merging trains nothing.
    merged = 3 * len(FRESH)
    assert sum(row.stage_runs for row in stages) == len(set(nodes.ran)) - merged - 1
    assert cost.unshared >= cost.search.stage_runs


def test_both_searches_spend_the_same_completions_and_say_so(ended):
    job, _, study, _, _, report = ended
    cost = report.cost
    nodes = StudyTrials(study, job.curriculum, None).tree(job.setup).nodes
    assert cost.searched_completions == sum(node.stage.rollout_budget for node in nodes if node.stage)
    # Whole runs: less than one more, in favour of joint training.
    run = sum(stage.rollouts for stage in report.arms["joint"].stages)
    assert cost.searched_completions <= cost.joint_completions < cost.searched_completions + run
    words = f"rests on {cost.searched_completions:,} completions, the search over joint training on"
    for text in (printed(report), render_search(report)):
        assert words in " ".join(text.split())
    assert {0.0, 0.5, 1.0} <= {row.params["sft_first"] for row in report.joint_trials}
    assert [row.number for row in report.joint_trials] == list(range(len(report.joint_trials)))


def test_both_samplers_are_told_the_probes(ended):
    _, _, study, _, place, _ = ended
    joint = optuna.load_study(study_name=f"{study.study_name}-joint", storage=place.storage)
    assert "stories" in study.user_attrs[MEASURED]["0"]
    assert joint.user_attrs[MEASURED] == study.user_attrs[MEASURED]


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
    found = {one.name: one.params for one in warm_starts(joint_space(make_curriculum()), Findings())}
    assert list(found) == ["joint", "joint, decayed", "joint, half by SFT", "joint, by SFT"]
    assert [params["sft_first"] for params in found.values()] == [0.0, 0.0, 0.5, 1.0]
    faster = warm_starts(joint_space(make_curriculum(sft_rate=[1, 3])), Findings())
    assert [start.name for start in faster[4:]] == [
        "joint, half by SFT at 3 times the rate",
        "joint, by SFT at 3 times the rate",
    ]
    assert {start.params["sft_rate"] for start in faster[4:]} == {3}


@pytest.mark.parametrize(("wanted", "trials"), [(0, 1), (1, 1), (1921, 2), (3840, 2), (10**9, 320 * 3)])
def test_joint_trials_are_what_the_completions_pay_for(wanted, trials):
    """120 steps of 16 completions each; at most every point of the space with every seed."""
    part = joint_space(make_curriculum(seeds=[]))
    tried = StudyTrials(optuna.create_study(direction="maximize"), part, ("sums", "sort", "stories"))
    assert planned_trials(tried, wanted) == trials


def test_sampler_and_pruner_know_the_order_that_a_search_is_pinned_to(tmp_path):
    """Else what the probes measured would stand for stages of another order."""
    curriculum = make_curriculum(order="plan", sampler="ordering", compositions=["sequential"], refresh=[0])
    reverse = curriculum.schedule.model_copy(update={"order": "reverse"})
    curriculum = curriculum.model_copy(update={"schedule": reverse})
    study, findings, _ = make_study(make_job(tmp_path, curriculum), Nodes(), 2)
    order = findings.plan.order
    assert order != tuple(curriculum.domains)
    for adviser in (study.sampler, study.pruner):
        stages = adviser._layout.stages(study.trials[0].params)
        assert [name for stage in stages for name, _ in stage.mixture] == list(order)


def test_a_pruned_trial_counts_the_stages_it_trained():
    curriculum = make_curriculum(leave_out=[], refresh=[0], compositions=["sequential"])
    study = optuna.create_study(direction="maximize")
    names = placed(space(curriculum))
    params = {name: one.choices[0] for name, one in space(curriculum).items() if name.partition(".")[0] != "place"}
    params |= places(names)
    pruned = create_trial(state=TrialState.PRUNED, value=0.4, params=params, distributions=space(curriculum))
    pruned.intermediate_values = {1: 0.3, 2: 0.4}
    study.add_trial(pruned)
    study.add_trial(create_trial(value=0.5, params=params, distributions=space(curriculum)))
    study.add_trial(create_trial(state=TrialState.FAIL, params=params, distributions=space(curriculum)))
    tried = StudyTrials(study, curriculum, None)
    assert [len(schedule.stages) for schedule, _ in tried.trained()] == [2, 3]
    assert list(tried.values().values()) == [{0: 0.5}]
    assert tried.rows[0].value is None


def stable(report: SearchReport) -> object:
    return without_seconds(report.model_dump(mode="json", exclude={"environment"}))


@pytest.mark.parametrize("same", [True, False])
def test_what_joint_training_was_found_is_printed_where_it_is_not_the_winner(ended, same):
    report = ended[-1]
    stages = report.best.stages if same else report.best.stages[:-1]
    rival = report.arms["joint-searched"].model_copy(update={"stages": stages})
    told = printed(report.model_copy(update={"arms": {**report.arms, "joint-searched": rival}}))
    assert ("Best joint training: joint-searched" in told) is not same
