"""Figures from curves: intervals, runs needed, and what is printed."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from benchmarks.orders import ablation, plot, regret
from benchmarks.orders.intervals import across, described, within
from benchmarks.orders.judge import Curves, judge
from benchmarks.orders.strategies import strategies
from benchmarks.orders.summary import against, runs_needed
from tests.support.synthetic_orders import make_table

pytestmark = pytest.mark.slow

THREE = ("sums", "sort", "stories")


@pytest.fixture(scope="module")
def tables():
    return {name: make_table(THREE, rng=rng, name=name) for rng, name in enumerate(("one", "two"))}


@pytest.fixture(scope="module")
def result(tables):
    return regret.measure(tables, strategies(1))


def test_an_interval_over_seeds_is_students():
    values = np.array([0.1, 0.2, 0.4])
    found = within({"a": values})
    half = t.ppf(0.975, 2) * values.std(ddof=1) / math.sqrt(3)
    assert (found.low, found.estimate, found.high) == pytest.approx((0.7 / 3 - half, 0.7 / 3, 0.7 / 3 + half))


def test_pooling_weighs_curricula_alike_and_within_them_only_seeds_vary():
    values = {"a": np.array([0.1, 0.1, 0.1]), "b": np.array([0.5, 0.7])}
    assert within(values).estimate == pytest.approx(0.35)
    half = t.ppf(0.975, 1) * 0.1 / 2
    assert within(values).high == pytest.approx(0.35 + half)
    assert across(values).high == pytest.approx(0.35 + t.ppf(0.975, 1) * 0.25)
    assert described(values)["pooled"]["over_curricula"] == [
        round(0.35 + s * t.ppf(0.975, 1) * 0.25, 4) for s in (-1, 1)
    ]
    assert "pooled" not in described({"a": values["a"]})


@pytest.mark.parametrize(
    ("curve", "runs"), [([5, 3, 1, 1], 2), ([5, 1, 3, 1], 3), ([0, 0, 0, 0], 0), ([5, 5, 5, 5], 3), ([1, 0, 0, 2], 3)]
)
def test_runs_needed_is_where_a_curve_comes_down_for_good(curve, runs):
    assert runs_needed(np.array(curve, float), 1.0) == runs


def test_a_search_that_needs_half_the_runs_has_ratio_one_half(tables):
    judges = {"one": judge(tables["one"])}
    slow, fast = np.ones((3, 16)), np.ones((3, 16))
    for row, needed in enumerate((8, 10, 12)):
        slow[row, needed:] = fast[row, needed // 2 :] = 0.0
    found = against("fast", "slow", judges, {"fast": {"one": Curves(fast, fast)}, "slow": {"one": Curves(slow, slow)}})
    assert found["own_0.01"] == {
        "runs": {"one": 5.0},
        "slow_runs": {"one": 10.0},
        "ratio": {"mean": 0.5, "low": 0.5, "high": 0.5},
    }


def test_what_is_printed_is_json_with_every_strategy_and_panel(tables, result):
    assert json.loads(json.dumps(result)) == result
    assert set(result["curves"]) == set(strategies(1))
    for panels in result["curves"].values():
        assert set(panels) == {"one", "two", "pooled"}
        for band in panels.values():
            low, mean, high = (np.array(band[key]) for key in ("low", "mean", "high"))
            assert len(mean) == 16
            assert (low <= mean).all() and (mean <= high).all()
    halves = [result["curves"]["random"][name]["mean"][9] for name in ("one", "two")]
    assert result["curves"]["random"]["pooled"]["mean"][9] == pytest.approx(sum(halves) / 2, abs=1e-4)


def test_trees_of_different_sizes_are_not_pooled(tables):
    with pytest.raises(ValueError, match="one size"):
        regret.measure({**tables, "four": make_table()}, {})


def test_no_tables_is_said(tmp_path):
    with pytest.raises(SystemExit, match="no tables"):
        regret.read_tables(tmp_path)


def test_ablation_pairs_plans_that_saw_the_same_items(tables):
    found = ablation.measure(tables, draws=3)
    assert list(found) == ["15", "30", "all"]
    whole = found["all"]
    for name in ("one", "two"):
        judged = judge(tables[name])
        means = {plan: row.mean() for plan, row in ablation.regrets(tables[name], judged, None, 1).items()}
        assert whole["regret"]["bwt"][name]["mean"] == pytest.approx(means["bwt"], abs=1e-4)
        difference = means["entropy"] - means["bwt"]
        assert whole["minus_bwt"]["entropy"][name]["mean"] == pytest.approx(difference, abs=1e-4)
        assert whole["regret"]["any"][name]["mean"] == pytest.approx(judged.references["mean"].mean(), abs=1e-4)


def test_fewer_items_are_the_same_for_all_paths(tables):
    table = tables["one"]
    numbered = {path: (np.tile(np.arange(60.0), (3, 1)),) * 3 for path in table.items["validation"]}
    small = ablation.some_items(replace(table, items={**table.items, "validation": numbered}), 15, 0)
    base = small.items["validation"][()]
    for blocks in small.items["validation"].values():
        for block, first in zip(blocks, base, strict=True):
            assert block.shape == (3, 15)
            assert len(set(block[0])) == 15
            assert (block == first).all()
    assert small.items["test"] is table.items["test"]


def test_the_picture_has_a_panel_for_each_curriculum_and_names_every_line(result, tmp_path):
    figure = plot.draw(result)
    assert len(figure.subfigs) == 4  # two and the pooled one, of a grid of two by two
    file = tmp_path / "regret.svg"
    figure.savefig(file)
    assert file.stat().st_size > 20_000
    axes = figure.subfigs[0].axes
    named = {text.get_text() for text in axes[1].texts}
    assert {look.label for look in plot.CURVES.values()} <= named
    assert [label.get_text() for label in axes[0].get_xticklabels()] == list(plot.POINTS.values())


@given(st.lists(st.floats(0, 10), min_size=1, max_size=8), st.floats(0.1, 2))
def test_labels_are_moved_apart_in_order(heights, gap):
    moved = plot.spread(heights, gap)
    ranked = np.array(moved)[np.argsort(heights, kind="stable")]
    assert (np.diff(ranked) > gap * 0.999).all()
    assert (np.array(moved) >= np.maximum(heights, gap / 2)).all()
