"""What survives a power cut, and when: each name at once, or those of a task's quick nodes together."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from curricula.schema import Resources
from experiments.executors.attempt import attempt_all
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.store import Store, syncing
from experiments.store.local import LocalFiles
from experiments.store.syncing import bring, kept_together
from tests.support.disk import SYNC
from tests.support.nodes import SETUP, arithmetic, tree_of


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What fsync was called for, in order, by the path it had then."""
    found: list[str] = []

    def noted(descriptor: int) -> None:
        found.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", noted)
    return found


def test_one_alone_is_on_disk_before_it_has_its_name_and_its_name_at_return(
    files: LocalFiles, synced: list[str], tmp_path: Path
) -> None:
    assert files.create("a/record.json", "{}")
    file, folder = synced
    assert file.startswith(f"{tmp_path}/tmp/")
    assert folder == f"{tmp_path}/a"


def test_names_wait_for_each_other_and_are_there_meanwhile(
    files: LocalFiles, synced: list[str], tmp_path: Path
) -> None:
    with kept_together():
        for name in ("a/record.json", "a/measured.json", "b/record.json"):
            assert files.create(name, "{}")
            assert files.read(name) == "{}"
        assert synced == []
    names = ("a/record.json", "a/measured.json", "a", "b/record.json", "b")
    assert sorted(synced) == sorted(f"{tmp_path}/{name}" for name in names)
    assert files.create("c/record.json", "{}")
    assert len(synced) == len(names) + 2


def test_what_is_not_to_last_is_not_waited_for(files: LocalFiles, synced: list[str]) -> None:
    with kept_together():
        files.create("a/claim-1.json", "{}", durable=False)
        files.write("a/spec.json", "{}")
    assert synced == []


def test_a_name_that_took_long_to_make_does_not_wait_nor_does_what_was_made_before(
    files: LocalFiles, synced: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quick nodes may share a task with one that trains for an hour."""
    now = 0.0
    monkeypatch.setattr(syncing.time, "monotonic", lambda: now)
    with kept_together():
        files.create("a/record.json", "{}")
        now = 3600.0
        files.create("b/record.json", "{}")
        assert {f"{tmp_path}/a/record.json", f"{tmp_path}/b/record.json", f"{tmp_path}/b"} <= set(synced)
        before = len(synced)
        files.create("b/measured.json", "{}")
        assert len(synced) == before
    assert synced[before:] == [f"{tmp_path}/b/measured.json", f"{tmp_path}/b"]


def test_other_threads_wait_for_themselves(files: LocalFiles, synced: list[str]) -> None:
    with kept_together():
        thread = threading.Thread(target=files.create, args=("answers/a.json", "{}"))
        thread.start()
        thread.join()
        assert len(synced) == 2


def test_an_interrupt_is_not_held_up_by_the_disk(files: LocalFiles, synced: list[str]) -> None:
    with pytest.raises(KeyboardInterrupt), kept_together():
        files.create("a/record.json", "{}")
        raise KeyboardInterrupt
    assert synced == []
    files.create("b/record.json", "{}")
    assert len(synced) == 2


def test_what_was_removed_since_is_not_missed(files: LocalFiles) -> None:
    with kept_together():
        files.create("a/record.json", "{}")
        files.create("b/record.json", "{}")
        files.remove("a")
        files.remove("b/record.json")
    assert not files.exists("b/record.json")


def fails_for(monkeypatch: pytest.MonkeyPatch, word: str, number: int = errno.EIO) -> None:
    def fsync(descriptor: int) -> None:
        if word in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(number, "Input/output error")
        SYNC(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("word", ["b/record.json", "b"])
def test_a_name_that_does_not_reach_the_disk_is_gone(
    files: LocalFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str
) -> None:
    fails_for(monkeypatch, f"{tmp_path}/{word}")
    with pytest.raises(OSError, match="Input/output"), kept_together():
        for name in "abc":
            files.create(f"{name}/record.json", "{}")
    assert [files.exists(f"{name}/record.json") for name in "abc"] == [True, False, True]


def test_a_folder_that_does_not_reach_the_disk_is_told_at_once(
    files: LocalFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fails_for(monkeypatch, f"{tmp_path}/b")
    with pytest.raises(OSError, match="Input/output"):
        files.create("b/record.json", "{}")
    assert not files.exists("b/record.json")


def test_places_that_do_not_bring_folders_to_disk(
    files: LocalFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fails_for(monkeypatch, f"{tmp_path}/b", errno.EINVAL)
    assert files.create("b/record.json", "{}")
    assert files.exists("b/record.json")


def test_weights_are_on_disk_with_their_folders(files: LocalFiles, synced: list[str], tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    for name in ("a", "deep/b"):
        (source / name).write_text("w")
    files.upload(source, "weights")
    assert set(synced) == {f"{tmp_path}/weights{name}" for name in ("", "/a", "/deep", "/deep/b")}


def test_nothing_to_bring(synced: list[str]) -> None:
    bring([])
    assert synced == []


@pytest.mark.parametrize("marker", ["record.json", "measured-"])
def test_the_node_whose_record_does_not_reach_the_disk_fails_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str
) -> None:
    store = Store.open(str(tmp_path / "store"))
    nodes = tree_of("a").nodes
    works = [
        Work(node, parent, SETUP, store.url, Resources()) for node, parent in zip(nodes, (None, nodes[0]), strict=True)
    ]
    fails_for(monkeypatch, f"{nodes[1].slug}/{marker}")
    (first, second), _ = attempt_all(arithmetic, works)
    assert first is None
    assert second is not None
    assert (second.node, second.boundary, second.cause) == (nodes[1].id, "store", "input/output error")
    assert [store.has(node, suite_of(SETUP).id) for node in nodes] == [True, False]
    monkeypatch.setattr(os, "fsync", SYNC)
    assert attempt_all(arithmetic, works)[0] == [None, None]
