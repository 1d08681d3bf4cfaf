"""The judge: what a choice is held against, and what a strategy has spent."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.orders.judge import curves, judge, replayed
from benchmarks.orders.strategy import Step, Strategy, beginnings, choose, tree_size
from tests.support.properties import examples
from tests.support.synthetic_orders import make_table

THREE = ("sums", "sort", "stories")


def changed(table, split, seed, path, value):
    """The same table with one seed's scores after one path replaced."""
    items = {name: dict(paths) for name, paths in table.items.items()}
    blocks = [block.copy() for block in items[split][path]]
    for block in blocks:
        block[seed] = value
    items[split][path] = tuple(blocks)
    return replace(table, items=items)


def fixed(*steps):
    """A strategy that takes these steps whatever it is shown."""
    return Strategy(lambda table, seen, draw: iter(steps))


@pytest.mark.parametrize("seen", [1, 2])
def test_truth_is_the_test_score_of_the_seeds_not_seen(seen):
    table = make_table(THREE, rng=1)
    judged = judge(table, seen)
    totals = np.stack([table.totals("test")[order] for order in table.orders], axis=1)
    for row, view in enumerate(judged.views):
        others = [seed for seed in range(3) if seed not in view]
        mean = totals[others].mean(axis=0)
        assert len(view) == seen
        assert judged.truth[row] == pytest.approx((mean.max() - mean) / mean.max())
    assert (judged.truth.min(axis=1) == 0).all()


def test_what_a_strategy_sees_cannot_flatter_it():
    table = make_table(THREE, rng=1)
    order = table.orders[int(judge(table).truth[1].argmax())]
    lucky = changed(changed(table, "validation", 1, order, 1.0), "test", 1, order, 1.0)
    before, after = judge(table), judge(lucky)
    assert after.own[1, after.at(order)] == 0
    assert after.truth[1].tolist() == before.truth[1].tolist()
    assert after.truth[0, after.at(order)] < before.truth[0, before.at(order)]


def test_references():
    table = make_table(THREE, rng=2, run_noise=0.1)
    judged = judge(table)
    found = judged.references
    for row in range(3):
        validation = [table.totals("validation")[order][row] for order in table.orders]
        assert found["exhaustive"][row] == judged.truth[row, int(np.argmax(validation))]
        assert found["worst"][row] == judged.truth[row].max()
        assert found["mean"][row] == pytest.approx(judged.truth[row].mean())
    everything = [table.totals("validation")[order].mean() for order in table.orders]
    assert found["oracle"].tolist() == judged.truth[:, int(np.argmax(everything))].tolist()


@pytest.mark.parametrize(("seeds", "seen"), [(1, 1), (3, 3), (3, 0)])
def test_somebody_must_see_and_somebody_must_judge(seeds, seen):
    with pytest.raises(ValueError, match="one must judge"):
        judge(make_table(THREE, seeds=seeds), seen)


def test_a_curve_holds_the_last_choice_that_was_paid_for():
    table = make_table(THREE, rng=3)
    judged, (first, second, third, *_) = judge(table), table.orders
    found = curves(table, judged, fixed(Step(4, first), Step(9, second), Step(7, third))).truth
    assert found.shape == (3, 1 + 15)
    for row, regrets in zip(found, judged.truth, strict=True):
        assert row[:4] == pytest.approx(np.full(4, regrets.mean()))
        assert (row[4:7] == regrets[judged.at(first)]).all()
        assert (row[7:] == regrets[judged.at(third)]).all()


def test_at_equal_seconds_a_choice_is_paid_for_when_its_stages_could_have_been_trained():
    table = replace(make_table(THREE, rng=3), time=dict(zip(THREE, (0.5, 0.5, 2.0), strict=True)))
    judged, (order, *_) = judge(table), table.orders
    assert choose(table, [], order).seconds == pytest.approx(3.0)
    first = choose(table, [(THREE[2],)], order)
    assert first.seconds == pytest.approx(3.0 + 2.0 * (order[0] != THREE[2]))
    found = replayed(table, judged, fixed(Step(1, order, 2.2)))
    for row, regrets in zip(found.seconds.truth, judged.truth, strict=True):
        assert row[:3] == pytest.approx(np.full(3, regrets.mean()))
        assert (row[3:] == regrets[judged.at(order)]).all()
    assert found.runs.truth[:, 1] == pytest.approx(judged.truth[:, judged.at(order)])


def test_curves_are_means_over_draws():
    table = make_table(THREE, rng=3)
    judged, (first, second, *_) = judge(table), table.orders
    either = Strategy(lambda table, seen, draw: iter([Step(3, (first, second)[draw])]), draws=2)
    wanted = (judged.own[:, judged.at(first)] + judged.own[:, judged.at(second)]) / 2
    assert curves(table, judged, either).own[:, -1] == pytest.approx(wanted)


@given(st.lists(st.permutations("abcd").map(tuple), max_size=24), st.permutations("abcd").map(tuple))
@examples(50)
def test_beginnings_are_counted_once_and_the_choice_is_paid_for(trained, order):
    table = make_table("abcd")
    spent = choose(table, trained, order).spent
    distinct = {path[:depth] for path in [*trained, order] for depth in (1, 2, 3, 4)}
    assert spent == len(distinct)
    assert choose(table, [*trained, order], order).spent == spent == len(beginnings([*trained, order]))


def test_the_tree_of_four_domains_has_64_stage_runs():
    assert tree_size(make_table()) == 64 == len(beginnings(permutations("abcd")))
