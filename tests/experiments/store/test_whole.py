"""What a power cut leaves of a record is no record: the node is run once more, and then it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from curricula.schema import Resources
from domains.errors import StoreError
from experiments.executors.inline import InlineExecutor
from experiments.measures.suite import suite_of
from experiments.nodes.record import Failure
from experiments.nodes.tree import StageTree, base_node
from experiments.store import Store, View
from experiments.store.freeing import free
from experiments.store.layout import measured
from experiments.store.whole import is_whole, put, sealed
from tests.support.nodes import SETUP, arithmetic, attempts, leave, record_of, training_of

pytestmark = pytest.mark.slow

NODE = base_node(SETUP)
SUITE = suite_of(SETUP).id
MARKERS = ("record.json", measured(SUITE))

Damage = Callable[[bytes, int], bytes]
DAMAGES: dict[str, Damage] = {
    "cut": lambda text, length: text[:length],
    "zeros": lambda text, length: bytes(len(text)),
    "zeros at the end": lambda text, length: text[:length] + bytes(len(text) - length),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(str(tmp_path / "store"))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"\x00\x01")
    return folder


def path_of(store: Store, name: str) -> Path:
    return Path(store.url, "nodes", NODE.slug, name)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("older", [False, True], ids=["sealed", "older"])
@pytest.mark.parametrize("marker", MARKERS)
def test_no_part_of_a_record_is_one(store: Store, weights: Path, marker: str, older: bool, damage: Damage) -> None:
    """At every length. Records of earlier versions have no seal."""
    leave(store, NODE, SETUP, record_of(NODE), weights)
    path = path_of(store, marker)
    text = path.read_bytes()
    assert text.endswith(b"}\n")
    text = text[:-1] if older else text
    for part in {damage(text, length) for length in range(len(text) - 1)}:
        path.write_bytes(part)
        assert not is_whole(str(path)), part[-20:]
    assert not store.has(NODE, SUITE)
    assert store.has_weights(NODE) == (marker != "record.json")
    assert NODE.slug not in (store.trained() if marker == "record.json" else store.measured(SUITE))
    assert not View(store, SETUP).has(NODE)
    path.write_bytes(text)
    assert store.has(NODE, SUITE)
    assert View(store, SETUP).has(NODE)


@pytest.mark.parametrize("left", [b"", b'{"node": "a', bytes(1000)], ids=["empty", "cut", "zeros"])
@pytest.mark.parametrize("marker", MARKERS)
def test_a_node_whose_record_is_not_whole_is_run_once_more(store: Store, marker: str, left: bytes) -> None:
    view = View(store, SETUP)
    tree = StageTree((NODE,))

    def run() -> None:
        executor = InlineExecutor(View(store, SETUP), Resources(), arithmetic)
        assert executor.run(tree, lambda *_: None).complete

    run()
    before = view.record(NODE)
    path_of(store, marker).write_bytes(left)
    for _ in range(2):
        run()
        assert attempts(store)[NODE.slug] == 2
        assert View(store, SETUP).record(NODE) == before


@pytest.mark.parametrize("left", [b"", b"{", bytes(10)])
def test_what_was_freed_is_trained_again_where_the_note_of_it_is_not_whole(
    store: Store, weights: Path, left: bytes
) -> None:
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    free(store, NODE)
    assert store.freed() == {NODE.slug}
    path_of(store, "freed.json").write_bytes(left)
    assert store.freed() == set()
    with pytest.raises(StoreError, match=r"has no record\.json"):
        store.training(NODE)
    assert store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    assert store.training(NODE).node == NODE.id


def test_a_record_that_is_not_whole_does_not_hide_the_one_before(store: Store, weights: Path) -> None:
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    free(store, NODE)
    path_of(store, "record.json").write_bytes(b"")
    assert store.training(NODE).node == NODE.id


@pytest.mark.parametrize("left", [b"", b'{"node"', bytes(10)])
def test_a_note_of_failure_that_is_not_whole_is_none(store: Store, left: bytes) -> None:
    """It is written without waiting for the disk, and once kept `stagewise run` from starting."""
    store.fail(NODE, SETUP, SUITE, Failure(node=NODE.id, boundary="training", cause="NaN"))
    path_of(store, "error.json").write_bytes(left)
    assert store.failure(NODE, SUITE) is None


def test_a_whole_record_of_another_stays(store: Store) -> None:
    assert put(store.files, "a/record.json", '{"first": 1}')
    assert not put(store.files, "a/record.json", '{"second": 2}')
    assert store.files.read("a/record.json") == sealed('{"first": 1}')


def test_an_object_store_is_asked_no_more_than_before(monkeypatch: pytest.MonkeyPatch, weights: Path) -> None:
    """A put is whole or not there: records are listed, not read."""
    store = Store.open("memory://whole/store")
    leave(store, NODE, SETUP, record_of(NODE), weights)

    def unread(*_: object, **__: object) -> bytes:
        raise AssertionError("read")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", unread)
    assert store.has(NODE, SUITE)
    assert store.trained() == store.measured(SUITE) == {NODE.slug}
