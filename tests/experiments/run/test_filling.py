"""Filling in what is missing: (store, nodes, measures), on Ray or inline."""

from __future__ import annotations

import pytest

from curricula.schema import Resources
from domains.errors import StoreError
from experiments.executors.inline import InlineExecutor
from experiments.run.filling import fill_in, measure
from experiments.store import Store, View
from tests.support.nodes import SETUP, arithmetic, attempts, measured_only, tree_of

pytestmark = pytest.mark.slow


def test_trained_nodes_are_measured_and_nothing_is_trained(tmp_path):
    check_measured(tmp_path, InlineExecutor)


def check_measured(tmp_path, kind):
    """By an executor of that kind; test_ray_executor.py asks it of Ray."""
    store, tree = Store.open(str(tmp_path / "store")), tree_of("a b", "c")
    assert fill_in(tree, InlineExecutor(View(store, SETUP), Resources(), arithmetic)).complete
    trained = attempts(store)
    for node in tree.nodes:
        for file in (tmp_path / "store" / "nodes" / node.slug).glob("measured-*"):
            file.unlink()
    view = View(store, SETUP)
    executor = kind(view, Resources(), measured_only)
    try:
        # Children without their parents: weights are all that counts.
        outcome = measure(view, tree.nodes[1:], executor)
    finally:
        executor.close()
    assert outcome.complete
    assert view.finished(tree.nodes) == {node.id for node in tree.nodes[1:]}
    assert attempts(store) == trained
    assert attempts(store, "measured").keys() == {node.slug for node in tree.nodes[1:]}


def test_a_node_without_weights_is_refused_before_anything_runs(tmp_path):
    store, tree = Store.open(str(tmp_path / "store")), tree_of("a b")
    view = View(store, SETUP)
    with pytest.raises(StoreError, match=r"stage base-.* is not trained"):
        measure(view, tree.nodes, InlineExecutor(view, Resources(), measured_only))
    assert not attempts(store, "measured")


def test_a_failed_measurement_blocks_no_child(tmp_path):
    """Its weights are there, and they are all that a child needs."""
    store, tree = Store.open(str(tmp_path / "store")), tree_of("unmeasured b")
    outcome = fill_in(tree, InlineExecutor(View(store, SETUP), Resources(), arithmetic))
    states = {node.path: outcome.states[node.id] for node in tree.nodes}
    assert states == {(): "done", ("unmeasured",): "failed", ("unmeasured", "b"): "done"}
    assert "evaluation: no answer" in [failure.line for failure in outcome.failures.values()]
