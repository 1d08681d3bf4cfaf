"""An earlier commit's search is judged as ours is: by what it had trained, and what it chose."""

from __future__ import annotations

import pytest

from benchmarks.orders.earlier import SPENT, compared, earlier, said, started
from benchmarks.orders.judge import judge, replayed
from benchmarks.orders.searchers import searchers
from benchmarks.orders.table import read_table
from tests.support.paths import ROOT
from tests.support.synthetic_orders import make_table

FOUR = ("sums", "sort", "stories", "gcd")
DRAWS = 2


def test_walks_become_steps_with_what_they_spent():
    table = make_table(FOUR, rng=3, run_noise=0.05)
    order = table.orders[0]
    walks = [([list(order[:1])], list(order)), ([list(order[:1]), list(table.orders[-1])], list(order))]
    found = list(earlier({table.curriculum.name: {"ours": [[walks]]}}, "ours", 1).steps(table, (0,), 0))
    assert [step.spent for step in found] == [4, 8]
    assert {step.order for step in found} == {order}


def test_another_process_replays_what_this_one_would():
    place = ROOT / "benchmarks" / "orders" / "hopeless"
    found = said("hopeless", started(ROOT, place, 1, ["ours"]))
    table = read_table(place)
    for seen in range(len(table.seeds)):
        here = list(searchers(1)["ours"].steps(table, (seen,), 0))
        there = list(earlier({"hopeless": found}, "ours", 1).steps(table, (seen,), 0))
        assert [(step.spent, step.order) for step in there] == [(step.spent, step.order) for step in here]
        assert [step.seconds for step in there] == pytest.approx([step.seconds for step in here])


def test_a_search_is_neither_better_nor_worse_than_itself():
    table = make_table(FOUR, rng=3, run_noise=0.05)
    judged, curves = {"made": judge(table)}, {"made": replayed(table, judge(table), searchers(DRAWS)["ours"]).runs}
    found = compared("ours", "same", judged, {"ours": curves, "same": curves})
    assert {one["mean"] for kind in found["lower_by"].values() for one in kind.values()} == {0.0}
    assert found["needed"]["own_0.01"]["ratio"]["mean"] == 1.0
    worse = {"made": type(curves["made"])(curves["made"].truth + 0.1, curves["made"].own + 0.1)}
    found = compared("ours", "same", judged, {"ours": curves, "same": worse})
    assert found["lower_by"]["own"][str(SPENT[0])]["mean"] == pytest.approx(0.1)
