"""Orders of more domains than can be solved exactly."""

from __future__ import annotations

import time

import numpy as np
import pytest

from scheduler.linear_ordering import best_orders
from scheduler.linear_ordering.best_orders import solve
from scheduler.linear_ordering.exact import solve as solve_exactly
from scheduler.planning.planner import make_plan
from tests.support.scheduler import make_curriculum, measure

FORTY = tuple(f"d{at:02}" for at in range(40))


@pytest.mark.parametrize("leave_out", [False, True])
def test_local_search_finds_what_is_exact(monkeypatch, leave_out):
    names = tuple("gfedcbaih")
    rng = np.random.default_rng(0)
    weights, transfer = rng.dirichlet(np.ones(9)), rng.normal(0, 0.1, (6, 9, 9)) + 0.1 * np.eye(9)
    wanted = solve_exactly(names, weights, transfer, leave_out=leave_out)
    monkeypatch.setattr(best_orders, "MOST_DOMAINS", 5)
    for at in range(6):
        found = solve(names, weights, transfer[at][None], leave_out=leave_out)
        assert found.gains[0, 0] == pytest.approx(wanted.gains[at, 0], abs=1e-9)
        assert found.order(0) == wanted.order(at)
        assert found.gains[0, 1] <= found.gains[0, 0]
    if not leave_out:
        together = solve(names, weights, transfer)
        assert (together.gains[:, 0] >= wanted.gains[:, 0] - 0.01).all()
        assert all(together.order(at, 1) != together.order(at) for at in range(6))


def test_forty_domains_find_a_hidden_order_and_the_names_order_changes_nothing():
    rng = np.random.default_rng(5)
    hidden = rng.permutation(40)
    place = np.argsort(hidden)
    transfer = np.where(place[:, None] > place[None, :], 0.01, -0.01)
    even = np.full(40, 1 / 40)
    assert solve(FORTY, even, transfer[None]).order(0) == tuple(FORTY[at] for at in hidden)
    turned = rng.permutation(40)
    found = solve([FORTY[at] for at in turned], even, transfer[np.ix_(turned, turned)][None])
    assert found.order(0) == tuple(FORTY[at] for at in hidden)


@pytest.mark.slow
def test_a_plan_of_forty_domains_takes_seconds_and_is_right_where_the_order_is_clear():
    rng = np.random.default_rng(1)
    place = np.argsort(rng.permutation(40))
    transfer = np.where(place[:, None] > place[None, :], 0.004, -0.004) + 0.2 * np.eye(40)
    m = measure(np.full(40, 0.4), transfer, FORTY, noise=(0.001, 0.01))
    start = time.process_time()
    plan = make_plan(m, make_curriculum(FORTY), {})
    assert time.process_time() - start < 60
    assert sorted(plan.order) == list(FORTY)
    found = np.array([place[FORTY.index(name)] for name in plan.order])
    wrong = sum(found[i] > found[j] for i in range(40) for j in range(i + 1, 40))
    assert wrong < 0.05 * 780
    assert plan.worth.regret < 0.1 * plan.worth.random_regret
