"""Plans from the transfer model claim the same things, by its posterior."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from scheduler.planning.path_plan import plan_paths
from scheduler.probing.adaptive import ProbingState
from tests.support.scheduler import NAMES, make_curriculum, measure

BASE = np.full(4, 0.4)
PAIRS = (("sums", "sort"), ("spell", "sums"))


def effects(rng, size=0.05):
    found = np.random.default_rng(rng).normal(0, size, (4, 4))
    np.fill_diagonal(found, 0.15)
    return found


def planned(m, **schedule):
    curriculum = make_curriculum(m.domains, schedule={"probing": {"budget": 2}, **schedule})
    return plan_paths(m, curriculum, ProbingState(PAIRS, stop="budget"))


def test_clear_effects_are_claimed():
    transfer = np.triu(np.full((4, 4), -0.15), 1) + 0.15 * np.eye(4)
    plan = planned(measure(BASE, transfer, NAMES, orders=PAIRS, noise=(0.002, 0.05)))
    assert plan.order == NAMES[:4]
    assert {(one.first, one.second) for one in plan.identified} == set(itertools.combinations(NAMES[:4], 2))
    assert all(gain.raised for gain in plan.own_gains)
    assert plan.worth.over_mean.sign > 0
    assert plan.worth.over_reverse.value > plan.worth.over_mean.value
    assert plan.worth.regret < 0.01 < plan.worth.random_regret
    assert plan.probes == PAIRS


def test_nothing_is_claimed_of_one_seed():
    plan = planned(measure(BASE, effects(0), NAMES, orders=PAIRS, seeds=1, noise=(0.0, 0.05)))
    assert plan.identified == ()
    assert plan.worth.over_mean.n == 1


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [2, 3])
def test_noise_identifies_a_precedence_seldom(seeds):
    runs, found = 40, 0
    for rng in range(runs):
        m = measure(BASE, np.zeros((4, 4)), NAMES, orders=PAIRS, seeds=seeds, items=50, noise=(0.04, 0.3), rng=rng)
        found += bool(planned(m).identified)
    assert found / runs <= 0.05 + 2 * 0.034


def test_a_domain_that_harms_all_is_left_out_and_one_that_only_seems_to_is_not():
    harmful = effects(1, 0.01)
    harmful[3] = (-0.2, -0.2, -0.2, -0.1)
    plan = planned(measure(BASE, harmful, NAMES, orders=PAIRS, noise=(0.002, 0.05)), leave_out="auto")
    assert plan.left_out == ("stories",)
    assert set(plan.order) == set(NAMES[:3])
    slight = effects(1, 0.01)
    slight[3] = (0.0, 0.0, 0.0, -0.01)
    plan = planned(measure(BASE, slight, NAMES, orders=PAIRS, noise=(0.05, 0.3)), leave_out="auto")
    assert plan.left_out == ()
    assert len(plan.harms) == 4
