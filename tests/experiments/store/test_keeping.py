"""What is kept is on disk before it can be seen, also where nobody waits for the disk meanwhile."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from curricula.schema import Resources
from domains.errors import StageError
from experiments.executors.attempt import attempt, attempt_all
from experiments.executors.base import Work
from experiments.nodes.suite import suite_of
from experiments.nodes.tree import base_node
from experiments.store import Finish, Store
from experiments.store.local import LocalFiles
from tests.support.nodes import SETUP, measurement_of, record_of, training_of, tree_of

NODE = base_node(SETUP)
SUITE = suite_of(SETUP).id
SYNC = os.fsync


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


class Disk:
    """A disk that answers when it is told to; `synced`: inodes that it holds."""

    def __init__(self) -> None:
        self.go, self.synced = threading.Event(), set[int]()

    def fsync(self, descriptor: int) -> None:
        assert self.go.wait(20)
        SYNC(descriptor)
        self.synced.add(os.fstat(descriptor).st_ino)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk()
    monkeypatch.setattr(os, "fsync", made.fsync)
    yield made
    made.go.set()


def test_a_measurement_is_seen_only_once_it_is_on_disk(store: Store, folder: Path, disk: Disk, tmp_path: Path) -> None:
    disk.go.set()
    store.commit(NODE, SETUP, training_of(record_of(NODE)), folder)

    class Slow(LocalFiles):
        def upload(self, source: Path, name: str) -> None:
            super().upload(source, name)
            disk.go.clear()

    finish = Store(Slow(Path(store.url))).keeping(NODE, measurement_of(record_of(NODE)), folder)
    assert not store.has(NODE, SUITE)
    disk.go.set()
    finish()
    assert store.has(NODE, SUITE)
    marker = tmp_path / "store" / "nodes" / NODE.slug / f"measured-{SUITE}.json"
    assert marker.stat().st_ino in disk.synced


def test_every_file_that_is_kept_is_on_disk_before_its_record(
    store: Store, folder: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk.go.set()
    create = LocalFiles.create

    def checked(self: LocalFiles, name: str, text: str) -> bool:
        copies = list((tmp_path / "store" / "nodes" / NODE.slug).glob("*-*/*.gz"))
        assert len(copies) in (2, 4)
        assert {file.stat().st_ino for file in copies} <= disk.synced
        return create(self, name, text)

    monkeypatch.setattr(LocalFiles, "create", checked)
    store.commit(NODE, SETUP, training_of(record_of(NODE)), folder)
    store.keep(NODE, measurement_of(record_of(NODE)), folder)
    assert store.has(NODE, SUITE)


def test_a_disk_that_is_full_is_told_by_who_waits_and_leaves_nothing(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store.commit(NODE, SETUP, training_of(record_of(NODE)), folder)

    def full(self: LocalFiles, name: str, text: str) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalFiles, "create", full)
    finish = store.keeping(NODE, measurement_of(record_of(NODE)), folder)
    with pytest.raises(StageError, match="store: no space left"):
        finish()
    assert not store.has(NODE, SUITE)
    assert not list((tmp_path / "store" / "nodes" / NODE.slug).glob("outputs-*"))


def begin(work: Work) -> Finish:
    """A node that leaves nothing of interest, and does not wait for the disk."""
    store, record = Store.open(work.store), record_of(work.node)
    empty = Path(work.store).with_name("empty")
    empty.mkdir(exist_ok=True)
    store.commit(work.node, work.setup, training_of(record), empty)
    return store.keeping(work.node, measurement_of(record), empty)


def test_the_next_node_of_a_task_runs_while_one_reaches_the_disk(store: Store) -> None:
    second = threading.Event()
    waited: list[bool] = []

    def run_node(work: Work) -> Finish:
        finish = begin(work)
        if work.node.parent is not None:
            second.set()

        def waiting() -> None:
            waited.append(second.wait(20))
            finish()

        return waiting

    nodes = tree_of("a").nodes[:2]
    works = [
        Work(node, parent, SETUP, store.url, Resources()) for node, parent in zip(nodes, (None, nodes[0]), strict=True)
    ]
    assert attempt_all(run_node, works)[0] == [None, None]
    assert waited == [True, True]
    assert all(store.has(node, SUITE) for node in nodes)


def test_what_goes_wrong_at_the_end_is_the_node_s_own_failure(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    create = LocalFiles.create
    nodes = tree_of("a").nodes[:2]

    def full_for_one(self: LocalFiles, name: str, text: str) -> bool:
        if "measured-" in name and nodes[0].slug in name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return create(self, name, text)

    monkeypatch.setattr(LocalFiles, "create", full_for_one)
    works = [Work(node, None, SETUP, store.url, Resources()) for node in nodes]
    first, second = attempt_all(begin, works)[0]
    assert first is not None
    assert (first.boundary, second) == ("store", None)
    assert "no space left" in first.cause
    monkeypatch.setattr(LocalFiles, "create", create)
    assert attempt(begin, works[0]) is None
