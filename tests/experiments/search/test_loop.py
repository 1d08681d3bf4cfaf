"""The search loop: what is asked, what is told, and when it stops."""

from __future__ import annotations

import json
import time
from collections import Counter
from itertools import count

import pytest
from optuna.pruners import NopPruner
from optuna.trial import TrialState as State

from curricula.schema import Resources
from domains.errors import StagewiseError
from experiments.executors.inline import InlineExecutor
from experiments.nodes.tree import base_node
from experiments.run.noted import noted_nodes
from experiments.search import asking
from experiments.search.adaptive_trial import next_mixture
from experiments.search.running_trial import levels_of, mean_scores
from scheduler.composing.compose import schedule_fingerprint
from scheduler.search.layout import Layout
from scheduler.search.space import choice_of
from scheduler.search.standings import standings, winner
from scheduler.search.tried import schedule_of_trial, seed_of_trial
from tests.support.nodes import attempts
from tests.support.search import curriculum, explore, job_at, rows

pytestmark = pytest.mark.slow


def _levels(job, trial):
    spec = job.curriculum
    return levels_of(job.setup, schedule_of_trial(trial, spec, None), (seed_of_trial(trial, spec),))


def _nodes(job, trial):
    return [node for level in _levels(job, trial) for node in level.nodes]


def test_values_are_the_weighted_scores_on_validation(url):
    job = job_at(url, curriculum(seeds=[3, 5]))
    study, _ = explore(job, 6, pruner=NopPruner())
    assert [trial.state for trial in study.trials] == [State.COMPLETE] * 6
    for trial in study.trials:
        totals = []
        for level in _levels(job, trial):
            scores = mean_scores(job.view, level.ends)
            totals.append((scores["a"] + 2 * scores["b"] + 3 * scores["c"]) / 6)
        assert trial.value == totals[-1]
        assert trial.intermediate_values == pytest.approx(dict(zip(count(1), totals)), abs=1e-15)
        assert trial.user_attrs["scores"] == {**scores}
        assert trial.user_attrs["worst"] == min(scores.values())
        assert trial.user_attrs["schedule"] == schedule_fingerprint(schedule_of_trial(trial, job.curriculum, None))


def test_stage_runs_are_charged_once(url):
    """All trials together are charged for exactly the stages that were run."""
    job = job_at(url)
    study, said = explore(job, 12)
    runs = sum(trial.user_attrs["stage_runs"] for trial in study.trials)
    assert runs == len(attempts(job.store)) - 1
    assert set(attempts(job.store).values()) == {1}
    best = f"best {study.best_value:.4f} (trial {study.best_trial.number})"
    assert said.splitlines()[-1].endswith(f"of 12 trials; {best}; {256 * runs:,} completions")
    steps = {
        trial.user_attrs["rollouts"] / trial.user_attrs["stage_runs"]
        for trial in study.trials
        if trial.user_attrs["stage_runs"]
    }
    assert steps == {4 * 8 * 8}


def test_a_pruned_trial_trains_no_further_stage(url):
    job = job_at(url)
    study, said = explore(job, 12)
    pruned = study.get_trials(states=(State.PRUNED,))
    assert pruned
    assert "pruned after stage" in said
    for trial in pruned:
        assert trial.value == trial.intermediate_values[trial.last_step]
    needed = {
        node.slug for trial in study.trials for level in _levels(job, trial)[: trial.last_step] for node in level.nodes
    }
    assert set(attempts(job.store)) == needed | {base_node(job.setup).slug}


def test_it_goes_on_to_a_larger_number_and_stops_where_it_is_reached(url):
    job = job_at(url)
    first = rows(explore(job, 4)[0])
    assert len(first) == 4
    study, _ = explore(job, 9)
    assert rows(study)[:4] == first
    before = attempts(job.store)
    study, said = explore(job, 9)
    assert len(study.trials) == 9
    assert attempts(job.store) == before
    (line,) = said.splitlines()  # Once: there is nothing to wait for.
    assert line.startswith("Search: ") and "9 trials" in line
    alone, _ = explore(job_at(url + "2"), 9)
    assert rows(alone) == rows(study)


def test_fewer_trials_than_starts(url):
    """Nothing stays queued, and later the queue goes on where it was."""
    job = job_at(url, curriculum(compositions=["sequential", "cumulative", "joint"]))
    study, _ = explore(job, 2)
    assert [trial.user_attrs["start"] for trial in study.trials] == ["joint", "given-sequential"]
    study, _ = explore(job, 4)
    assert [trial.user_attrs.get("start") for trial in study.trials][2:] == ["given-cumulative", None]
    assert all(trial.state.is_finished() for trial in study.trials)


def test_a_failed_stage_fails_its_trials_only(url):
    job = job_at(url, curriculum("a fails b", compositions=["sequential"]))
    study, said = explore(job, 10, pruner=NopPruner())
    failed = study.get_trials(states=(State.FAIL,))
    assert len(failed) == 10
    trial = failed[0]
    assert "fails with seed 0: training: the loss became NaN at step 3" in trial.user_attrs["cause"]
    assert "scores" not in trial.user_attrs
    assert "Search: 10 failed of 10 trials" in said.splitlines()[-1]
    assert "trial 0: failed: a → fails with seed 0" in said
    assert set(attempts(job.store).values()) == {1}
    assert sum(trial.user_attrs["stage_runs"] for trial in study.trials) == len(attempts(job.store)) - 1


def test_other_trials_go_on_after_a_failure(url):
    """What failed is asked for no more: else nothing that the search asked for could ever be pruned."""
    job = job_at(url, curriculum("a fails b", leave_out=["fails"], compositions=["sequential"]))
    study, _ = explore(job, 12, pruner=NopPruner())
    states = {trial.state for trial in study.trials}
    assert states == {State.COMPLETE, State.FAIL}
    for trial in study.trials:
        assert (trial.state == State.COMPLETE) == trial.params["leave_out.fails"]
    base = base_node(job.setup).slug
    asked = {slug: node for slug, node in noted_nodes(job.store, job.run).items() if slug != base}
    assert set(asked) == job.store.trained() - {base}
    assert all(node.tried for node in asked.values())


def test_an_order_is_told_of_what_has_one(url):
    _, said = explore(job_at(url, curriculum(compositions=["joint", "sequential"])), 6, pruner=NopPruner())
    told = [line for line in said.splitlines() if line.startswith("trial ")]
    assert {(" > " in line, "joint" in line) for line in told} == {(True, False), (False, True)}


def test_every_schedule_has_one_seed_first_and_what_leads_has_more(url):
    job = job_at(url, curriculum(seeds=[3, 5, 8], lr_scale=[1.0], lr_decay=[1.0]))
    study, said = explore(job, 14, pruner=NopPruner())
    repeats = [trial for trial in study.trials if "repeats" in trial.user_attrs]
    first = [trial for trial in study.trials if "repeats" not in trial.user_attrs]
    assert {seed_of_trial(trial, job.curriculum) for trial in first} == {3}
    tried = Counter(trial.user_attrs["repeats"] for trial in repeats)
    assert set(tried.values()) <= {1, 2}
    assert max(tried.values()) == 2
    for trial in repeats:
        assert trial.params == study.trials[trial.user_attrs["repeats"]].params
        assert seed_of_trial(trial, job.curriculum) in (5, 8)
        assert f"trial {trial.number}: {trial.value:.4f}  (trial {trial.user_attrs['repeats']} with seed" in said
    best = max((trial for trial in first if trial.state == State.COMPLETE), key=lambda trial: trial.value)
    assert f"; best with seed 3: {best.value:.4f} (trial {best.number}); " in said.splitlines()[-1]
    # The last four are all repeats, so that a winner has its seeds.
    assert {trial.number for trial in repeats} >= {10, 11, 12, 13}
    found = winner(standings(study, Layout(job.curriculum)), 3)
    assert len(found.finished) == 3
    assert {seed_of_trial(study.trials[number], job.curriculum) for number in found.finished} == {3, 5, 8}
    assert len([slug for slug in attempts(job.store) if "base" in slug]) == 1


def test_a_trial_mixes_adaptively_by_its_own_rounds(url):
    """Each round's mixture follows from the scores before it; started again, nothing is chosen or trained anew."""
    spec = curriculum(compositions=["joint", "adaptive"], lr_scale=[1.0], lr_decay=[1.0], seeds=[3, 5, 8])
    job = job_at(url, spec)
    study, _ = explore(job, 2, pruner=NopPruner())
    adaptive = study.trials[1]
    assert adaptive.user_attrs["start"] == "adaptive"
    mixtures = adaptive.user_attrs["mixtures"]
    assert len(mixtures) == len(adaptive.intermediate_values) == spec.schedule.adaptive.rounds
    assert all(sum(mixture.values()) == pytest.approx(1) for mixture in mixtures)
    assert len({tuple(mixture.items()) for mixture in mixtures}) > 1
    schedule = schedule_of_trial(adaptive, spec, None)
    assert [stage.mixture for stage in schedule.stages] == mixtures
    joint = schedule_of_trial(study.trials[0], spec, None)
    assert schedule.steps == joint.steps
    levels = levels_of(job.setup, schedule, (3,))
    ends = [base_node(job.setup), *(level.ends[0] for level in levels)]
    for at in range(len(mixtures)):
        choice = choice_of(adaptive.params, spec)
        assert next_mixture(job.view, spec, choice, mixtures[:at], ends[: at + 1], None) == mixtures[at]
    # The rounds before count by the rates that the trial trained at.
    fast = choice.model_copy(update={"lr_scale": 20.0})
    assert next_mixture(job.view, spec, fast, mixtures[:-1], ends[:-1], None) != mixtures[-1]
    before = attempts(job.store)
    study, _ = explore(job, 9, pruner=NopPruner())
    assert {slug: attempts(job.store)[slug] for slug in before} == before
    again = [trial for trial in study.trials if trial.user_attrs.get("repeats") == 1]
    # With other seeds the same mixtures: what they were chosen by must not count.
    assert all(trial.user_attrs["mixtures"] == mixtures for trial in again)


class Wide(InlineExecutor):
    """Says that it runs five nodes at once."""

    slots = 5


def test_as_many_trials_at_once_as_there_is_room(url, monkeypatch):
    job = job_at(url, curriculum(seeds=[0, 1]))
    from tests.support.search import scored

    most, real = [], asking.next_trial
    monkeypatch.setattr(
        "experiments.search.explorer.next_trial",
        lambda study, task, mine: most.append(len(mine)) or real(study, task, mine),
    )
    study, _ = explore(job, 11, executor=Wide(job.view, Resources(), scored))
    assert max(most) == 4
    assert len(study.trials) == 11
    assert all(trial.state.is_finished() for trial in study.trials)
    assert sum(trial.user_attrs["stage_runs"] for trial in study.trials) == len(attempts(job.store)) - 1


def test_after_the_time_no_trial_begins(url):
    job = job_at(url, curriculum("slow b c"))
    start = time.monotonic()
    study, _ = explore(job, 500, timeout=0.5)
    assert 1 <= len(study.trials) < 100
    # What was queued to begin with may still wait.
    assert all(trial.state.is_finished() or trial.state == State.WAITING for trial in study.trials)
    assert time.monotonic() - start < 60


def test_probes_are_reused_and_the_plan_comes_first(url):
    job = job_at(url, curriculum(order="bwt", compositions=["sequential"]))
    study, _ = explore(job, 8, pruner=NopPruner())
    assert study.trials[0].user_attrs["start"] == "plan-sequential"
    assert set(attempts(job.store).values()) == {1}
    assert {rung: sorted(known) for rung, known in study.user_attrs["measured"].items()} == {"0": ["", "a", "b", "c"]}
    probe = _nodes(job, study.trials[0])[0]
    scores = mean_scores(job.view, [probe])
    assert study.user_attrs["measured"]["0"][probe.label] == pytest.approx({name: scores[name] for name in "abc"})
    assert study.trials[0].user_attrs["scores_1"] == scores
    # Its first stage was a probe.
    assert study.trials[0].user_attrs["stage_runs"] == 2
    starts = [trial.user_attrs["start"] for trial in study.trials if "start" in trial.user_attrs]
    assert len(set(starts)) == len(starts)
    orders = [tuple(trial.params.items()) for trial in study.trials[: len(starts)]]
    assert len(set(orders)) == len(orders)


def test_an_order_pinned_to_the_plan_stays_that_of_the_beginning(url):
    spec = curriculum(order="bwt")
    job = job_at(url, spec.model_copy(update={"search": spec.search.model_copy(update={"order": "plan"})}))
    study, _ = explore(job, 3)
    assert sorted(study.user_attrs["order"]) == ["a", "b", "c"]
    assert all("order" not in trial.params for trial in study.trials)
    study.set_user_attr("order", ["c", "b", "a"])
    study, _ = explore(job, 9)
    assert study.user_attrs["order"] == ["c", "b", "a"]


def test_without_a_base_model_no_trial_begins(url):
    job = job_at(url)

    def broken(work):
        raise RuntimeError("no memory")

    with pytest.raises(StagewiseError, match="no trial can begin: the base model: worker: RuntimeError: no memory"):
        explore(job, 3, executor=InlineExecutor(job.view, Resources(), broken))


def test_the_study_is_plain_data(url):
    """What optuna-dashboard and others read."""
    study, _ = explore(job_at(url), 5)
    for trial in study.trials:
        json.dumps(trial.user_attrs)
        assert all(isinstance(value, str | float | int | bool) for value in trial.params.values())
    assert study.user_attrs["claim"] is None
