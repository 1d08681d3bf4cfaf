"""Our sampler: what it learns from, what it avoids, and that it has no memory."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState

from benchmarks.orders.replay_search import order_space, replay
from benchmarks.orders.synthetic import synthetic_table
from benchmarks.orders.transfer_model.path_kernel import distance, marks
from scheduler.composing.compose import schedule_fingerprint, schedule_of
from scheduler.search.orders import order_of, places
from scheduler.search.samplers import SAMPLERS
from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.samplers.random import random_sampler
from scheduler.search.samplers.tpe import tpe_sampler
from scheduler.search.space import suggest
from scheduler.search.trial_history import tell_scores
from tests.support.scheduler import NAMES, make_curriculum

pytestmark = pytest.mark.slow

FOUR = NAMES[:4]
PLAIN = {"lengths": [1], "opening": [0], "refresh": [0]}
SEQUENTIAL = {**PLAIN, "compositions": ["sequential"]}
RICH = {**PLAIN, "compositions": ["sequential", "cumulative", "joint"], "lengths": [1, 2], "leave_out": ["sums"]}


def run(study, curriculum, trials):
    """Trials whose value falls with how late the first domains of the alphabet come; all proposals."""
    found = []
    for _ in range(trials):
        trial = study.ask()
        choice = suggest(trial, curriculum)
        schedule = schedule_of(choice, curriculum, "")
        found.append(schedule_fingerprint(schedule))
        for depth in range(1, len(schedule.stages) + 1):
            late = dict.fromkeys(curriculum.domains, 0.5)
            late |= {name: 0.5 + 0.01 * k * depth for k, name in enumerate(sorted(choice.order))}
            tell_scores(trial, depth, late)
            trial.report(float(np.mean(list(late.values()))), depth)
        study.tell(trial, float(np.mean(list(late.values()))))
    return found


@pytest.mark.parametrize("name", list(SAMPLERS))
def test_a_study_that_was_killed_goes_on_as_one_left_alone(name, tmp_path):
    curriculum = make_curriculum(FOUR, search={**RICH, "sampler": name})
    alone = optuna.create_study(direction="maximize", sampler=SAMPLERS[name](curriculum, None))
    run(alone, curriculum, 14)
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(tmp_path / "journal")))
    for trials in (5, 1, 8):
        # A new process: a sampler that has seen nothing.
        resumed = optuna.create_study(
            direction="maximize",
            sampler=SAMPLERS[name](curriculum, None),
            storage=storage,
            study_name="s",
            load_if_exists=True,
        )
        run(resumed, curriculum, trials)
    assert [trial.params for trial in resumed.trials] == [trial.params for trial in alone.trials]
    assert len({str(trial.params) for trial in alone.trials}) > 7


def test_nothing_is_proposed_twice_before_all_was_trained():
    curriculum = make_curriculum(FOUR[:3], search={**PLAIN, "compositions": ["sequential", "cumulative", "joint"]})
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    # Six orders one domain a stage, six cumulative and one joint schedule.
    found = run(study, curriculum, 15)
    assert len(set(found[:13])) == 13
    assert set(found[13:]) <= set(found[:13])


def test_trials_under_way_are_not_proposed_again():
    curriculum = make_curriculum(FOUR, search=SEQUENTIAL)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    run(study, curriculum, 3)
    asked = [suggest(study.ask(), curriculum).order for _ in range(21)]
    assert len({*asked, *(order_of(trial.params, FOUR) for trial in study.trials[:3])}) == 24


def test_what_begins_with_a_stage_that_failed_is_not_proposed_again():
    curriculum = make_curriculum(FOUR, search=SEQUENTIAL)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    run(study, curriculum, 2)
    trial = study.ask()
    order = suggest(trial, curriculum).order
    trial.report(0.9, 1)
    study.tell(trial, state=TrialState.FAIL)
    asked = [suggest(study.ask(), curriculum).order for _ in range(20)]
    assert not any(one[:2] == order[:2] for one in asked)
    assert len(set(asked)) == 20


def test_of_equal_promise_it_takes_what_costs_least():
    curriculum = make_curriculum(FOUR, search=SEQUENTIAL)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    for value in (0.5, 0.5):
        trial = study.ask()
        order = suggest(trial, curriculum).order
        for depth in range(1, 5):
            trial.report(value, depth)
        study.tell(trial, value)
    later = suggest(study.ask(), curriculum).order
    first = order_of(study.trials[0].params, FOUR)
    assert {later[:2], later[:1]} & {first[:2], order[:2], first[:1], order[:1]}


def test_it_needs_half_of_the_stage_runs_that_random_search_needs():
    runs = {"ours": [], "random": []}
    for number in range(5):
        table = synthetic_table(number, luck=0.004, bent=0.01)
        curriculum = order_space(table.curriculum)
        values = {order: table.totals("validation")[order][0] for order in table.orders}
        samplers = {"ours": OrderingSampler(number, curriculum=curriculum), "random": random_sampler(number)}
        for name, sampler in samplers.items():
            curve = replay(table, [0], sampler, budget=64)
            runs[name].append(next(step.spent for step in curve if values[step.order] == max(values.values())))
    assert np.mean(runs["ours"]) < 0.5 * np.mean(runs["random"])


def test_any_space_will_do_and_a_smooth_valley_is_found():
    def valley(trial):
        return (trial.suggest_float("x", -5, 5) - 2) ** 2 + trial.suggest_int("n", 0, 4)

    def best(sampler):
        study = optuna.create_study(sampler=sampler)
        study.optimize(valley, n_trials=30)
        return study.best_value

    ours, drawn = ([best(make(seed)) for seed in range(3)] for make in (OrderingSampler, random_sampler))
    assert np.median(ours) < 0.1 < np.mean(drawn)


@pytest.mark.filterwarnings("ignore:The value nan is not acceptable")
@pytest.mark.parametrize("extreme", [math.inf, -math.inf, 1e300])
def test_values_beyond_all_bounds_do_not_stop_it(extreme):
    study = optuna.create_study(sampler=OrderingSampler(0))
    for value in (1.0, extreme, 2.0, math.nan, 0.5):
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        study.tell(trial, value, state=None, skip_if_finished=True)
    assert 0 <= study.ask().suggest_float("x", 0, 1) <= 1


@pytest.mark.filterwarnings("ignore:PartialFixedSampler is experimental")
def test_a_study_over_another_space_is_taken_for_any_space():
    curriculum = make_curriculum(FOUR, search=RICH)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    run(study, curriculum, 2)
    fixed = optuna.samplers.PartialFixedSampler({"composition": "joint"}, study.sampler)
    study.sampler = fixed
    assert suggest(study.ask(), curriculum).composition == "joint"


def test_trials_that_choose_at_one_moment_differ():
    """As threads and processes do: all have asked before the first has written what it chose."""
    curriculum = make_curriculum(FOUR, search=SEQUENTIAL)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    run(study, curriculum, 3)
    asked = [study.ask() for _ in range(12)]
    assert len({suggest(trial, curriculum).order for trial in asked}) == 12


def test_threads_may_share_it():
    curriculum = make_curriculum(FOUR, search=SEQUENTIAL)
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["ordering"](curriculum, None))
    study.optimize(lambda trial: float(len(suggest(trial, curriculum).order[0])), n_trials=8, n_jobs=2)
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 8


def test_tpe_looks_near_the_orders_that_were_good():
    curriculum = make_curriculum(FOUR, search=SEQUENTIAL)
    best = ("stories", "sums", "spell", "sort")
    apart = {
        order: float(distance(marks([best], FOUR), marks([order], FOUR))[0, 0]) / 12 for order in permutations(FOUR)
    }
    assert max(apart.values()) == 1
    gaps = []
    for seed in range(6):
        study = optuna.create_study(direction="maximize", sampler=tpe_sampler(seed, n_startup=4))
        study.enqueue_trial(places(best))
        for _ in range(20):
            trial = study.ask()
            study.tell(trial, -apart[suggest(trial, curriculum).order])
        gaps.append(np.mean([apart[order_of(trial.params, FOUR)] for trial in study.trials[10:]]))
    assert np.mean(gaps) < 0.4
