"""Planners and searches on made-up tables: what they look at, what they spend, and that they find what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from benchmarks.orders.judge import curves, judge
from benchmarks.orders.planners import entropy_changes, planners, probes
from benchmarks.orders.searchers import searchers
from benchmarks.orders.strategies import strategies
from benchmarks.orders.strategy import choose
from tests.support.synthetic_orders import make_table

pytestmark = pytest.mark.slow

CALM = {"items": 400, "run_noise": 0.0}
"""Next to no noise: 400 items share most of their luck over paths."""


class Watched(Mapping):
    """A mapping that notes what it was asked for."""

    def __init__(self, inner):
        self.inner, self.asked = inner, []

    def __getitem__(self, key):
        self.asked.append(key)
        return self.inner[key]

    def __iter__(self):
        return iter(self.inner)

    def __len__(self):
        return len(self.inner)


def watched(table):
    """The table, and its validation scores as they are asked for; test scores are not there at all."""
    seen = Watched(table.items["validation"])
    return replace(table, items={"validation": seen}), seen


@pytest.mark.parametrize("name", planners())
def test_a_planner_sees_the_first_level_only_and_pays_for_its_order(name):
    table, seen = watched(make_table(rng=4))
    (step,) = planners()[name].steps(table, (1,), 0)
    assert set(seen.asked) <= {(), *probes(table)}
    assert step == choose(table, probes(table), step.order)
    assert step.spent == 7


def test_other_seeds_do_not_matter():
    table = make_table(("sums", "sort", "stories"), rng=6)
    blind = replace(
        table,
        items={
            "validation": {
                path: tuple(block[[1, 1, 1]] for block in blocks) for path, blocks in table.items["validation"].items()
            }
        },
    )
    for name, strategy in strategies(1).items():
        assert tuple(strategy.steps(table, (1,), 0)) == tuple(strategy.steps(blind, (1,), 0)), name


def test_entropy_changes_are_means_over_the_seeds_seen():
    table = make_table(rng=1)
    shifted = {path: values.copy() for path, values in table.entropy.items()}
    shifted["sums",][2, 0] += 0.3
    table = replace(table, entropy=shifted)
    assert entropy_changes(table, (0,))["sums"] == pytest.approx(-0.2)
    assert entropy_changes(table, (0, 2))["sums"] == pytest.approx(-0.05)
    assert entropy_changes(table, (0, 2))["stories"] == pytest.approx(0.3)
    assert entropy_changes(replace(table, entropy={}), (0,)) == {}


@pytest.mark.parametrize("name", ["random", "optuna_random", "ours", "ours_warm"])
def test_searches_get_to_the_best_order_that_they_can_see(name):
    table = make_table(("sums", "sort", "stories"), rng=7, run_noise=0.1)
    judged = judge(table)
    own = curves(table, judged, searchers(2)[name]).own
    assert own[:, 6].max() > 0
    assert own[:, -1].max() == 0


def test_searches_never_lose_what_they_found():
    table = make_table(("sums", "sort", "stories"), rng=8, run_noise=0.1)
    judged = judge(table)
    for name, strategy in searchers(1).items():
        for view, regrets in zip(judged.views, judged.own, strict=True):
            steps = tuple(strategy.steps(table, view, 0))
            found = [regrets[judged.at(step.order)] for step in steps]
            assert found == sorted(found, reverse=True), name
            assert [step.spent for step in steps] == sorted(step.spent for step in steps), name


def test_a_model_of_orders_needs_fewer_runs_than_chance_where_there_is_little_noise():
    spent = {"random": 0.0, "ours": 0.0}
    table = make_table(rng=1, **CALM)
    judged = judge(table)
    for name in spent:
        runs = curves(table, judged, replace(searchers(1)[name], draws=1)).own
        spent[name] += float((runs > 0.01).sum(axis=1).mean())
    assert spent["ours"] < 0.7 * spent["random"]


def test_plans_are_good_where_transfer_is_nearly_additive():
    regrets = []
    for rng in range(2):
        table = make_table(rng=rng, **CALM)
        judged = judge(table)
        final = curves(table, judged, planners()["bwt"]).truth[:, -1]
        regrets.append(float(final.mean() / judged.references["mean"].mean()))
    assert sum(regrets) / len(regrets) < 0.3
