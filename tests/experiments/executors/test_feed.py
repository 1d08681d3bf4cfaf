"""Trees that grow while they run: what joins runs once, in whatever state its parents are."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from curricula.schema import Resources
from curricula.stage import Stage, Training
from experiments.executors.inline import InlineExecutor
from experiments.executors.run import Run
from experiments.nodes.tree import StageTree, base_node, child_node
from experiments.run.progress import LiveProgress
from experiments.store import Store
from tests.support.nodes import SETUP, arithmetic, attempts, ignore, results, tree_of, uninterrupted, view_of

pytestmark = pytest.mark.slow

ORDERS = ("a b c", "a c b", "b a", "c")


def inline(store):
    return InlineExecutor(view_of(store), Resources(), arithmetic)


class Grower:
    """Adds the children of a node when it ends, and remembers what it was told."""

    def __init__(self, tree: StageTree) -> None:
        self.tree, self.told = tree, []
        self.first = StageTree(tuple(node for node in tree.nodes if node.parent is None))

    def __call__(self, node, state):
        self.told.append((node.slug, state))
        return [child for child in self.tree.nodes if child.parent == node.id]


def grown(executor, tree, watch=ignore):
    grower = Grower(tree)
    return grower, executor.run(grower.first, watch, grower)


def check_grown(store, tmp_path, executor):
    tree = tree_of(*ORDERS, seeds=(0, 1))
    grower, outcome = grown(executor, tree)
    assert outcome.complete
    assert set(outcome.states) == set(tree.by_id)
    assert set(attempts(store).values()) == {1}
    assert Counter(grower.told) == Counter((node.slug, "done") for node in tree.nodes)
    assert results(store, tree) == uninterrupted(tmp_path / "other", tree)


def test_grown_equals_whole_inline(store, tmp_path):
    check_grown(store, tmp_path, inline(store))


def test_inline_runs_in_the_same_order_each_time(tmp_path):
    tree, seen = tree_of(*ORDERS, seeds=(0, 1)), []
    for number in range(2):
        store = Store.open(str(tmp_path / str(number)))
        seen.append(grown(inline(store), tree)[0].told)
    assert seen[0] == seen[1]


@settings(max_examples=10)
@given(st.data())
def test_what_is_in_the_store_is_done_at_once(tmp_path_factory, data):
    tree = tree_of(*ORDERS)
    order = data.draw(st.sampled_from(ORDERS))
    store = Store.open(str(tmp_path_factory.mktemp("some")))
    inline(store).run(tree_of(order), ignore)
    before = attempts(store)
    grower, outcome = grown(inline(store), tree)
    assert outcome.complete
    assert len(grower.told) == len(tree.nodes)
    assert set(attempts(store).values()) == {1}
    assert before.items() <= attempts(store).items()


def test_thousands_of_finished_stages_in_a_row(store):
    """Each is fed as soon as the one before it: without a stack that grows."""
    node, count = base_node(SETUP), []
    stage = Stage(mixture={"a": 1.0}, training=Training(steps=1))

    def feed(ended, state):
        assert state == "done"
        count.append(ended.id)
        return [child_node(SETUP, ended, stage, 0)] if len(count) < 3000 else []

    class Full:
        """A view of a store that holds everything."""

        def finished(self, nodes):
            return {node.id for node in nodes}

        def has_weights(self, node):
            return True

    run = Run(StageTree((node,)), Full(), Resources(), ignore, feed)
    assert run.take() is None
    assert len(set(count)) == 3000
    assert run.outcome().complete


def test_what_joins_below_a_failure_is_blocked_and_fed(store):
    tree = tree_of("a fails b c", "a b")
    grower, outcome = grown(inline(store), tree)
    states = {node.path: outcome.states[node.id] for node in tree.nodes}
    assert states[("a", "fails")] == "failed"
    assert states[("a", "fails", "b")] == states[("a", "fails", "b", "c")] == "blocked"
    assert states[("a", "b")] == "done"
    assert Counter(state for _, state in grower.told) == {"done": 3, "failed": 1, "blocked": 2}
    assert [failure.line for failure in outcome.failures.values()] == ["training: the loss became NaN at step 3"]


def test_a_failure_blocks_what_has_joined_before(store):
    tree = tree_of("fails a b", "c")
    told = []

    def feed(node, state):
        told.append((node.path, state))
        return [node for node in tree.nodes if node.parent is not None] if node.parent is None else []

    outcome = inline(store).run(StageTree(tree.nodes[:1]), ignore, feed)
    assert outcome.states[tree.nodes[-1].id] == "done"
    assert [end for end in told if end[1] == "blocked"] == [
        (("fails", "a"), "blocked"),
        (("fails", "a", "b"), "blocked"),
    ]


def test_nodes_that_are_there_already_change_nothing(store):
    tree, told = tree_of("a b", "b"), []

    def feed(node, state):
        told.append(node.id)
        return tree.nodes

    assert inline(store).run(tree, ignore, feed).complete
    assert sorted(told) == sorted(tree.by_id)
    assert set(attempts(store).values()) == {1}


def test_a_child_whose_parent_is_not_in_the_run_is_refused(store):
    tree = tree_of("a b")
    with pytest.raises(ValueError, match="stands before its parent"):
        inline(store).run(StageTree(tree.nodes[:1]), ignore, lambda node, state: tree.nodes[2:])


def test_progress_shows_what_joins(store):
    tree = tree_of("a b", "c")
    console = Console(file=io.StringIO(), width=100)
    bases = StageTree(tree.nodes[:1])
    with LiveProgress(console, view_of(store), bases, "Search", slots=1, status=lambda: "no trial yet") as view:
        grown(inline(store), tree, view)
        console.print(view.render())
    text = console.file.getvalue()
    assert text.startswith("Search: no trial yet")
    assert "● seed 0  a → b" in text
    assert "Search: 4 done\nno trial yet" in text


def test_progress_says_nothing_of_what_was_done_before(store):
    tree = tree_of("a b")
    inline(store).run(tree, ignore)
    console = Console(file=io.StringIO(), width=100)
    with LiveProgress(console, view_of(store), StageTree(tree.nodes[:1]), "Search", slots=1) as view:
        grown(inline(store), tree, view)
    assert console.file.getvalue() == "Search: 0 stages to run, 1 already done\n"
