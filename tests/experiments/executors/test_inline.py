"""The inline executor, and the laws that hold for every executor."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curricula.schema import Resources
from domains.errors import StoreError
from experiments.executors.base import Work
from experiments.executors.inline import InlineExecutor
from experiments.store import Store
from tests.support.nodes import arithmetic, attempts, ignore, results, tree_of, uninterrupted, view_of

TREE = tree_of("a b c", "a c b", "b a", seeds=(0, 1))


def run(store, tree, watch=ignore, run_node=arithmetic):
    return InlineExecutor(view_of(store), Resources(), run_node).run(tree, watch)


def test_every_node_runs_once_and_is_seen_to(store):
    seen = []
    assert run(store, TREE, lambda node, state: seen.append((node.slug, state))).complete
    assert set(attempts(store).values()) == {1}
    assert len(attempts(store)) == len(TREE.nodes)
    for node in TREE.nodes:
        assert [state for slug, state in seen if slug == node.slug] == ["running", "done"]


def test_several_processes_do_not_share_a_store_in_memory():
    view = view_of(Store.open("memory://one"))
    with pytest.raises(StoreError, match="seen by one process only, and 2 share a stage, got 'memory://one'"):
        InlineExecutor(view, Resources(processes=2), arithmetic)
    assert InlineExecutor(view, Resources(), arithmetic).slots == 1


def test_a_second_run_only_reports(store):
    run(store, TREE)
    seen = []
    assert run(store, TREE, lambda node, state: seen.append(state)).complete
    assert set(attempts(store).values()) == {1}
    assert seen == ["done"] * len(TREE.nodes)


def test_a_larger_tree_reuses_what_is_there(store):
    run(store, tree_of("a b"))
    assert run(store, tree_of("a b c", "b")).complete
    assert set(attempts(store).values()) == {1}


def test_a_failure_blocks_its_descendants_only(store):
    tree = tree_of("a fails b c", "a b", "crashes a")
    outcome = run(store, tree)
    states = {node.path: outcome.states[node.id] for node in tree.nodes}
    assert states == {
        (): "done",
        ("a",): "done",
        ("a", "b"): "done",
        ("a", "fails"): "failed",
        ("a", "fails", "b"): "blocked",
        ("a", "fails", "b", "c"): "blocked",
        ("crashes",): "failed",
        ("crashes", "a"): "blocked",
    }
    assert not outcome.complete
    assert sorted(failure.line for failure in outcome.failures.values()) == [
        "training: the loss became NaN at step 3",
        "worker: ZeroDivisionError: division by zero",
    ]
    failed = {node.label: view_of(store).failure(node) for node in tree.nodes if outcome.states[node.id] == "failed"}
    assert failed["fails"].boundary == "training"
    assert "behave" in failed["crashes"].traceback


def test_a_failed_node_is_tried_again_next_time(store, monkeypatch):
    tree = tree_of("fails b")
    run(store, tree)
    monkeypatch.setattr("tests.support.nodes.behave", ignore)
    assert run(store, tree).complete
    assert view_of(store).failure(tree.nodes[1]) is None
    assert attempts(store)[tree.nodes[0].slug] == 1


def test_a_long_node_beats(store):
    beats = []
    tree = tree_of("pulls")

    def watch(node, state):
        beats.append(state)
        if beats.count("running") == 4:
            Path(store.url, "go").touch()

    assert run(store, tree, watch).complete
    assert beats.count("running") >= 4


@cache
def expected():
    with tempfile.TemporaryDirectory() as folder:
        return uninterrupted(Path(folder), TREE)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, len(TREE.nodes)), max_size=4))
def test_resumed_equals_uninterrupted(cuts):
    """Interrupted after any number of nodes, any number of times, at the start or at the end of a node."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"{folder}/store")
        for cut in cuts:
            left = [cut]

            def interrupted(work: Work, left=left, cut=cut) -> None:
                left[0] -= 1
                if left[0] < 0 and cut % 2:
                    raise KeyboardInterrupt
                arithmetic(work)
                if left[0] < 0:
                    raise KeyboardInterrupt

            try:
                run(store, TREE, run_node=interrupted)
            except KeyboardInterrupt:
                assert not list(Path(folder, "store", "tmp").iterdir())
        assert run(store, TREE).complete
        assert set(attempts(store, "done").values()) == {1}
        assert results(store, TREE) == expected()


def test_another_seed_is_another_result(tmp_path):
    found = uninterrupted(tmp_path, tree_of("a b", seeds=(0, 1)))
    weights = [weights["weights.txt"] for _, weights in found.values()]
    assert len(set(weights)) == len(weights)
