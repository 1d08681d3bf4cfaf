"""Where a schedule is read off: branches, steps on the way, merges; and what may run when."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.stage import Schedule, Stage, Training
from experiments.executors.frontier import Frontier
from experiments.nodes.tree import grow, paid_nodes, reading_chains
from scheduler.composing.merges import half_way, merged
from tests.support.nodes import SETUP

RATES = st.sampled_from(["per_stage", "whole", "trunk"])


def schedule(order, rate="per_stage", span=None):
    stages = tuple(Stage(mixture={name: 1.0}, training=Training(steps=8)) for name in order)
    return Schedule(name=f"{rate} {order}", role="order", stages=stages, rate=rate, span=span)


@given(st.permutations("abcd"), RATES)
def test_what_is_read_off_is_measured_and_nothing_else(order, rate):
    arm = schedule(order, rate)
    ends = {nodes[-1].id for nodes in reading_chains(SETUP, arm, 0)}
    tree = grow(SETUP, [arm], (0,))
    assert {node.id for node in tree.nodes if node.measured} == ends
    assert [len(nodes[-1].path) for nodes in reading_chains(SETUP, arm, 0)] == [0, 1, 2, 3, 4]
    assert paid_nodes(SETUP, arm, 0)[-1].id == reading_chains(SETUP, arm, 0)[-1][-1].id


def test_a_node_that_one_schedule_reads_off_and_another_passes_is_measured():
    arms = [merged([schedule("a"), schedule("b")], "linear"), schedule("a")]
    for given_order in (arms, arms[::-1]):
        measured = {node.path: node.measured for node in grow(SETUP, given_order, (0,)).nodes}
        assert measured[("a",)]
        assert not measured[("b",)]
        assert measured[("merge",)]


@pytest.mark.parametrize(("rate", "runs"), [("per_stage", 64), ("whole", 104), ("trunk", 144)])
def test_what_each_path_shares_over_all_orders_of_four(rate, runs):
    """Beginnings; a branch for each beginning but whole orders; of a trunk body, rest and tail."""
    tree = grow(SETUP, [schedule(order, rate) for order in permutations("abcd")], (0,))
    assert tree.stage_runs == runs
    assert sum(node.measured for node in tree.nodes) == 65


def test_probes_are_beginnings_of_schedules_on_every_path():
    for rate in ("per_stage", "whole", "trunk"):
        arms = [schedule(order, rate) for order in permutations("abc")]
        probes = [schedule(name, rate, span=24) for name in "abc"]
        assert set(grow(SETUP, probes, (0,)).by_id) <= set(grow(SETUP, arms, (0,)).by_id)


def test_a_merge_waits_for_all_its_sources_and_is_blocked_by_any():
    tree = grow(SETUP, [merged([schedule("a"), schedule("b")], "ties"), half_way(schedule("a"))], (0,))
    names = {node.id: node.label for node in tree.nodes}
    frontier = Frontier(tree, set())
    started = []
    while (node := frontier.take()) is not None:
        started.append(names[node.id])
        if node.label == "b":
            frontier.fail(node)
        else:
            frontier.finish(node)
    assert set(started) == {"base", "a", "b", "half way to the base"}
    assert {names[node]: state for node, state in frontier.states.items()}["ties merge"] == "blocked"


def test_merges_of_other_sources_or_weights_are_other_nodes():
    one, other = schedule("a"), schedule("b")
    arms = [merged([one, other], method) for method in ("linear", "ties", "dare")] + [half_way(one), half_way(other)]
    ends = {reading_chains(SETUP, arm, seed)[-1][-1].id for arm in arms for seed in (0, 1)}
    assert len(ends) == 10
