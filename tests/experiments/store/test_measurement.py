"""Measurements beside weights, and what one command knows of them."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from domains.errors import StoreError
from experiments.measures.suite import suite_of
from experiments.nodes.outputs import Output, read_off
from experiments.nodes.record import Failure
from experiments.nodes.tree import base_node
from experiments.store import Store, View, layout, patient
from tests.support.nodes import SETUP, digest, leave, measurement_of, record_of, training_of, tree_of

NODE = base_node(SETUP)
SUITE = suite_of(SETUP).id


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "outputs"
    folder.mkdir()
    (folder / "answers.jsonl.gz").write_bytes(b"said")
    return folder


def test_a_measurement_stands_beside_the_weights_with_its_outputs(store, weights, outputs):
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    assert store.measured(SUITE) == set()
    found = measurement_of(record_of(NODE)).model_copy(update={"outputs": {"key": "answers.jsonl.gz"}})
    store.keep(NODE, found, outputs)
    assert store.measured(SUITE) == {NODE.slug}
    assert store.record(NODE, SUITE) == record_of(NODE)
    kept = store.measurement(NODE, SUITE)
    with store.outputs(NODE, kept.outputs["key"]) as file:
        assert file.read_bytes() == b"said"
    assert store.measurements(NODE) == [kept]


def test_another_suite_may_name_outputs_that_are_there(store, weights, outputs):
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    first = measurement_of(record_of(NODE)).model_copy(update={"outputs": {"key": "answers.jsonl.gz"}})
    store.keep(NODE, first, outputs)
    there = store.measurement(NODE, SUITE).outputs["key"]
    (outputs / "answers.jsonl.gz").unlink()
    (outputs / "more.jsonl.gz").write_bytes(b"more")
    again = first.model_copy(update={"suite": "other", "outputs": {"key": there, "more": "more.jsonl.gz"}})
    store.keep(NODE, again, outputs)
    assert {one.suite for one in store.measurements(NODE)} == {SUITE, "other"}
    assert store.measurement(NODE, "other").outputs["key"] == there
    assert store.measured(SUITE) == store.measured("other") == {NODE.slug}


def test_the_first_measurement_wins_and_the_loser_leaves_no_outputs(tmp_path, weights, outputs):
    store = Store.open(str(tmp_path / "store"))
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    for word in ("first", "second"):
        store.keep(NODE, measurement_of(record_of(NODE, digest(word))), outputs)
    assert store.record(NODE, SUITE) == record_of(NODE, digest("first"))
    assert len(list((tmp_path / "store" / "nodes" / NODE.slug).glob("outputs-*"))) == 1


class Counting:
    """Files that count how often they are asked."""

    def __init__(self, files):
        self.files, self.asked = files, Counter()

    def __getattr__(self, name):
        def ask(*given):
            self.asked[name] += 1
            return getattr(self.files, name)(*given)

        return ask


def test_a_view_lists_once_and_reads_a_record_once(tmp_path, weights):
    Store.open(str(tmp_path / "store"))
    files = Counting(Store.open(str(tmp_path / "store")).files)
    store = Store(files)
    view, nodes = View(store, SETUP), tree_of("a b", "b a").nodes
    assert view.finished(nodes) == set()
    for node in nodes[:3]:
        leave(store, node, SETUP, record_of(node), weights)
        view.learn(node, measured=True)
    files.asked.clear()
    for _ in range(10):
        assert view.finished(nodes) == {node.id for node in nodes[:3]}
        assert [view.record(node).node for node in nodes[:3]] == [node.id for node in nodes[:3]]
    # A record is what training left and what was measured.
    assert files.asked == {"read": 6}


@pytest.mark.slow
def test_ten_thousand_nodes_are_listed_in_seconds(tmp_path):
    Store.open(str(tmp_path))
    nodes = [NODE.model_copy(update={"id": digest(str(number))}) for number in range(10_000)]
    for node in nodes[::2]:
        folder = tmp_path / "nodes" / node.slug
        folder.mkdir(parents=True)
        (folder / f"measured-{SUITE}.json").write_text("{}\n")
        (folder / "record.json").write_text("{}\n")
    start = time.process_time()
    found = View(Store.open(str(tmp_path), create=False), SETUP).finished(nodes)
    assert time.process_time() - start < 5
    assert found == {node.id for node in nodes[::2]}


def test_a_record_that_was_removed_is_trained_and_measured_again(tmp_path, weights):
    """As the hint for a garbled record says; its measurement once kept it for done."""
    store = Store.open(str(tmp_path / "store"))
    leave(store, NODE, SETUP, record_of(NODE, digest("old")), weights)
    (tmp_path / "store" / "nodes" / NODE.slug / "record.json").unlink()
    assert not store.has(NODE, SUITE)
    assert View(store, SETUP).finished([NODE]) == set()
    leave(store, NODE, SETUP, record_of(NODE, digest("new")), weights)
    assert store.record(NODE, SUITE) == record_of(NODE, digest("new"))


def test_the_loser_of_a_race_is_told(store, weights):
    kept = [store.commit(NODE, SETUP, training_of(record_of(NODE)), weights) for _ in range(2)]
    assert kept == [True, False]


@pytest.mark.parametrize("name", ["nll", "reference_entropy", "kl"])
def test_no_number_that_is_none_becomes_null(name):
    """JSON has no NaN: it was written as null, read as missing, and counted as 0."""
    score = record_of(NODE).scores["test"]["a"]
    with pytest.raises(ValidationError, match="finite"):
        type(score).model_validate({**score.model_dump(), name: float("nan")})
    with pytest.raises(ValidationError, match="finite"):
        Output(item="a", nll=float("nan"), count=1)
    with pytest.raises(ValueError, match="an output has no nll"):
        read_off([Output(item="a", count=1)], "nll")


def test_a_failure_of_another_suite_is_not_this_ones(store, weights):
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    store.fail(NODE, SETUP, "other", Failure(node=NODE.id, boundary="evaluation", cause="no answer"))
    assert store.failure(NODE, SUITE) is None
    assert store.failure(NODE, "other").cause == "no answer"


def test_a_garbled_measurement_counts_for_nothing_and_that_is_said(
    store: Store, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave(store, NODE, SETUP, record_of(NODE), weights)
    store.files.write(layout.of_node(NODE, layout.measured("garbled")), "{")
    assert len(store.measurements(NODE)) == 1
    assert "garbled" in caplog.text


def test_a_store_that_does_not_answer_has_no_answer(
    store: Store, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its measurements were taken for garbled, and the model was asked again."""

    def dead(*_: object) -> None:
        raise OSError(5, "Input/output error")

    leave(store, NODE, SETUP, record_of(NODE), weights)
    monkeypatch.setattr(patient, "WAITS", ())
    monkeypatch.setattr(type(store.files.once), "read", dead)
    with pytest.raises(StoreError, match="nput/output error"):
        store.measurements(NODE)
