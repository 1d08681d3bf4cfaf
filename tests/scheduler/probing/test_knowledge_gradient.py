"""What is trained next: the knowledge gradient's laws, and the decisions that follow from it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.probing.adaptive import ProbingState, advance, believe
from scheduler.probing.candidates import candidate_orders
from scheduler.probing.knowledge_gradient import best_shares, children, gradients, next_probes, outlook, stable
from scheduler.statistics.gaussian import Posterior
from scheduler.transfer_model import fit, node_noise
from tests.support.properties import examples
from tests.support.scheduler import make_curriculum, measure

NAMES = ("sums", "sort", "spell", "stories")
ORDERS = tuple(permutations(sorted(NAMES)))
WEIGHTS = np.full(4, 0.25)
FIRST = [(), *((name,) for name in NAMES)]


def every_order(seed, noise=(0.01, 0.2)):
    rng = np.random.default_rng(seed)
    base, transfer = rng.uniform(0.3, 0.7, 4), rng.normal(0, 0.05, (4, 4))
    return measure(base, transfer, NAMES, orders=ORDERS, noise=noise, rng=seed)


def model_of(m, paths=FIRST):
    return fit(NAMES, {path: m.mean(path) for path in paths}, node_noise(m))


@given(st.integers(0, 200))
@examples(10)
def test_values_are_never_negative_and_proposals_can_be_trained(seed):
    now = outlook(model_of(every_order(seed)), FIRST, ORDERS, WEIGHTS)
    assert (gradients(now) >= 0).all()
    found = next_probes(now, 3)
    assert len(set(found)) == len(found) == 3
    for path in found:
        assert path not in FIRST
        assert path[:-1] in FIRST
    assert next_probes(now, 2) == found[:2]


def test_where_all_is_known_nothing_is_worth_training():
    m = every_order(0)
    everything = [path for path in m.scores if path]
    assert next_probes(outlook(model_of(m, [(), *everything]), everything, ORDERS, WEIGHTS), 1) == ()


def test_measuring_a_path_makes_it_worth_less():
    now = outlook(model_of(every_order(4)), FIRST, ORDERS, WEIGHTS)
    (first,) = next_probes(now, 1)
    after = now.after(first)
    at = now.paths.index(first)
    assert gradients(after)[at] <= gradients(now)[at] + 1e-12
    assert np.trace(after.totals.covariance) < np.trace(now.totals.covariance)


def test_children_have_trained_parents():
    found = children([("sort",), ("sort", "sums")], [("sort", "sums", "spell"), ("sums", "sort", "spell")])
    assert found == (("sums",), ("sort", "sums", "spell"))


def test_the_probability_of_being_best():
    apart = Posterior(np.array([0.5, 0.4]), np.eye(2) * 1e-8)
    assert stable(apart) == 1
    tied = Posterior(np.array([0.5, 0.5, 0.1]), np.zeros((3, 3)))
    assert best_shares(tied) == pytest.approx([0.5, 0.5, 0])


def decisions(m, curriculum):
    now, seen = ProbingState(), []
    while now.stop is None:
        now, _ = advance(m, curriculum, now)
        seen.append(now)
    return seen


@pytest.mark.parametrize("budget", [1, 3, 6])
def test_the_budget_is_kept_and_each_path_asked_once(budget):
    curriculum = make_curriculum(NAMES, schedule={"probing": {"budget": budget, "stable": 1.0}})
    last = decisions(every_order(1), curriculum)[-1]
    assert last.stop in ("budget", "stable")
    assert len(last.paths) == len(set(last.paths)) <= budget
    assert not last.wanted
    assert last.stop == "stable" or len(last.paths) == budget


def test_a_clear_winner_needs_no_probe():
    base, transfer = np.full(4, 0.5), np.zeros((4, 4))
    transfer[np.triu_indices(4, 1)] = -0.2
    transfer[np.tril_indices(4, -1)] = 0.05
    m = measure(base, transfer, NAMES, orders=ORDERS, noise=(0.0001, 0.001))
    curriculum = make_curriculum(NAMES, schedule={"probing": {"budget": 5, "stable": 0.6}})
    last = decisions(m, curriculum)[-1]
    assert last.stop == "stable"
    assert believe(m, curriculum, last.paths).outlook.orders[0] == NAMES


def test_decisions_rest_on_what_was_asked_only():
    """Other paths in the store change nothing: interrupted, or after a search, the same is asked."""
    curriculum = make_curriculum(NAMES, schedule={"probing": {"budget": 6, "stable": 1.0}})
    m = every_order(2)
    first, *rest = decisions(m, curriculum)
    known = [*FIRST, *first.asked]
    part = type(m)(m.domains, m.weights, {path: m.scores[path] for path in known})
    assert advance(part, curriculum, ProbingState())[0] == first
    assert advance(part, curriculum, first)[0] == rest[0]


def test_candidates_are_all_orders_of_few_domains():
    model = model_of(every_order(3))
    assert set(candidate_orders(model, NAMES, WEIGHTS)) == set(ORDERS)
    some = candidate_orders(model, NAMES[:2], WEIGHTS, leave_out=True)
    assert some == (("sort",), ("sort", "sums"), ("sums",), ("sums", "sort"))


def test_candidates_of_many_domains_hold_the_best_order():
    names = tuple("abcdefg")
    rng = np.random.default_rng(0)
    transfer = rng.normal(0, 0.01, (7, 7))
    transfer[np.triu_indices(7, 1)] -= 0.1
    m = measure(np.full(7, 0.5), transfer, names)
    model = fit(names, {path: m.mean(path) for path in m.scores}, node_noise(m))
    found = candidate_orders(model, names, np.full(7, 1 / 7))
    assert names in found
    assert len(found) < 5040
    assert all(sorted(order) == sorted(names) for order in found)
