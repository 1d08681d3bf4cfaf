"""What may run when: laws over random trees and random ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.stage import Schedule, Stage, Training
from experiments.executors.frontier import Frontier
from experiments.nodes.tree import StageTree, grow
from tests.support.nodes import SETUP, tree_of

TREES = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6).map(
    lambda orders: tree_of(*orders, seeds=(0, 1))
)


def play(tree: StageTree, finished: set[str], ends: list[str]) -> tuple[Frontier, list[str]]:
    """Run a tree with up to three nodes at once; `ends` says in turn how the oldest of them ends."""
    frontier, running, started = Frontier(tree, finished), [], []
    for end in [*ends, *["done"] * 10 * len(tree.nodes)]:
        while len(running) < 3 and (node := frontier.take()) is not None:
            assert node.parent is None or frontier.states[node.parent] == "done"
            started.append(node.id)
            running.append(node)
        if not running:
            break
        node = running.pop(0)
        {"done": frontier.finish, "fail": frontier.fail, "again": frontier.give_back}[end](node)
    return frontier, started


@given(TREES, st.lists(st.sampled_from(["done", "fail", "again"]), max_size=12), st.data())
def test_every_node_ends_and_only_descendants_of_failures_are_blocked(tree, ends, data):
    finished = data.draw(st.sets(st.sampled_from([node.id for node in tree.nodes])))
    frontier, started = play(tree, finished, ends)
    assert set(frontier.states.values()) <= {"done", "failed", "blocked"}
    assert not finished & set(started)
    for node in tree.nodes:
        if frontier.states[node.id] == "blocked":
            assert frontier.states[node.parent] in {"failed", "blocked"}
        elif node.id not in finished and node.parent is not None:
            assert frontier.states[node.parent] == "done"


@given(TREES)
def test_without_failures_each_node_runs_once(tree):
    frontier, started = play(tree, set(), [])
    assert sorted(started) == sorted(tree.by_id)
    assert set(frontier.states.values()) == {"done"}


def test_the_longest_chain_by_steps_goes_first():
    def schedule(name: str, *steps: int) -> Schedule:
        stages = [Stage(mixture={name: 1}, training=Training(steps=each)) for each in steps]
        return Schedule(name=name, role="order", stages=tuple(stages))

    tree = grow(SETUP, [schedule("short", 5), schedule("many", 10, 10, 10), schedule("long", 25)], (0,))
    frontier = Frontier(tree, {tree.nodes[0].id})
    assert [frontier.take().label for _ in range(3)] == ["many", "long", "short"]
    assert frontier.take() is None


def test_equally_long_chains_go_in_the_order_of_the_tree():
    tree = tree_of("c", "a", "b")
    frontier = Frontier(tree, {tree.nodes[0].id})
    assert [frontier.take().label for _ in range(3)] == ["c", "a", "b"]


def test_a_child_before_its_parent_is_refused():
    tree = tree_of("a b")
    with pytest.raises(ValueError, match="stands before its parent"):
        Frontier(StageTree(tuple(reversed(tree.nodes))), set())
