"""What is kept is on disk before it can be seen, and what goes wrong on the way is told by the node that it befell."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from curricula.schema import Resources
from domains.errors import StageError
from domains.example import SPLITS
from experiments.executors.attempt import attempt, attempt_all
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.examined import Examined
from experiments.nodes.tree import base_node
from experiments.store import Store, examined
from experiments.store.freeing import free
from experiments.store.halfway import keep_halfway
from experiments.store.local import LocalFiles
from experiments.store.locks import locking
from tests.support.disk import SYNC
from tests.support.nodes import SETUP, measurement_of, record_of, training_of, tree_of

NODE = base_node(SETUP)
SUITE = suite_of(SETUP).id


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The files (inodes) that fsync was called for."""
    found: set[int] = set()

    def noted(descriptor: int) -> None:
        SYNC(descriptor)
        found.add(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", noted)
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(str(tmp_path / "store"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files to be kept."""
    place = tmp_path / "outputs"
    place.mkdir()
    for name in ("a.gz", "b.gz"):
        (place / name).write_bytes(b"said")
    return place


def test_every_file_that_is_kept_is_on_disk_before_its_record(
    store: Store, folder: Path, synced: set[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create = LocalFiles.create

    def checked(self: LocalFiles, name: str, text: str, *, durable: bool = True) -> bool:
        copies = list((tmp_path / "store" / "nodes" / NODE.slug).glob("*-*/*.gz"))
        assert len(copies) in (2, 4)
        assert {file.stat().st_ino for file in copies} <= synced
        return create(self, name, text, durable=durable)

    monkeypatch.setattr(LocalFiles, "create", checked)
    store.commit(NODE, SETUP, training_of(record_of(NODE)), folder)
    store.keep(NODE, measurement_of(record_of(NODE)), folder)
    assert store.has(NODE, SUITE)
    assert (tmp_path / "store" / "nodes" / NODE.slug / f"measured-{SUITE}.json").stat().st_ino in synced


def test_what_replaces_finished_work_is_on_disk_first(
    store: Store, folder: Path, synced: set[int], tmp_path: Path
) -> None:
    """Weights go once freed.json is there, data are never written twice: a power cut may leave none of these empty."""
    root = tmp_path / "store"
    store.put_data("a", dict.fromkeys(SPLITS, "ab" * 32), dict.fromkeys(SPLITS, ()))
    keep_halfway(store, NODE, folder, {})
    store.commit(NODE, SETUP, training_of(record_of(NODE)), folder)
    free(store, NODE)
    examined.keep(store, Examined.model_construct(model="m", suite="s"))
    names = [f"nodes/{NODE.slug}/freed.json", f"nodes/{NODE.slug}/halfway.json", "examined/m/s.json"]
    kept = [*(root / "data").iterdir(), *(root / name for name in names)]
    assert {file.stat().st_ino for file in kept} <= synced


def test_a_node_waits_for_the_disk_for_two_records(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its weights and what was measured of them, each by file and folder; neither its lock nor what is only said."""
    waits: list[int] = []
    monkeypatch.setattr(os, "fsync", waits.append)
    with locking(store.files) as locks:
        assert locks.take(NODE)
        assert attempt(run_node, Work(NODE, None, SETUP, store.url, Resources())) is None
        locks.drop(NODE)
    assert len(waits) == 4


def test_quick_nodes_of_a_task_wait_for_the_disk_together(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both records of each, and its folder once, when all have run."""
    nodes, waits = tree_of("a b c").nodes, list[int]()
    monkeypatch.setattr(os, "fsync", waits.append)

    def unsynced(work: Work) -> None:
        run_node(work)
        assert not waits

    works = [Work(node, None, SETUP, store.url, Resources()) for node in nodes]
    assert attempt_all(unsynced, works)[0] == [None] * len(nodes)
    assert len(waits) == 3 * len(nodes)


def test_a_disk_that_is_full_is_told_and_leaves_nothing(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store.commit(NODE, SETUP, training_of(record_of(NODE)), folder)

    def full(self: LocalFiles, name: str, text: str, *, durable: bool = True) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalFiles, "create", full)
    with pytest.raises(StageError, match="store: no space left"):
        store.keep(NODE, measurement_of(record_of(NODE)), folder)
    assert not store.has(NODE, SUITE)
    assert not list((tmp_path / "store" / "nodes" / NODE.slug).glob("outputs-*"))


def run_node(work: Work) -> None:
    """A node that leaves nothing of interest."""
    store, record = Store.open(work.store), record_of(work.node)
    empty = Path(work.store).with_name("empty")
    empty.mkdir(exist_ok=True)
    store.commit(work.node, work.setup, training_of(record), empty)
    store.keep(work.node, measurement_of(record), empty)


def test_what_goes_wrong_at_the_end_is_the_node_s_own_failure(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    create = LocalFiles.create
    nodes = tree_of("a").nodes[:2]

    def full_for_one(self: LocalFiles, name: str, text: str, *, durable: bool = True) -> bool:
        if "measured-" in name and nodes[0].slug in name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return create(self, name, text, durable=durable)

    monkeypatch.setattr(LocalFiles, "create", full_for_one)
    works = [Work(node, None, SETUP, store.url, Resources()) for node in nodes]
    first, second = attempt_all(run_node, works)[0]
    assert first is not None
    assert (first.boundary, second) == ("store", None)
    assert "no space left" in first.cause
    monkeypatch.setattr(LocalFiles, "create", create)
    assert attempt(run_node, works[0]) is None
