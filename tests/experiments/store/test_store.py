"""The store keeps what is finished, whatever else goes wrong."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.errors import StageError, StoreError
from domains.example import SPLITS, Example
from experiments.measures.suite import suite_of
from experiments.nodes.record import Failure
from experiments.nodes.tree import base_node
from experiments.store import Progress, Store
from tests.support.nodes import SETUP, digest, leave, record_of, training_of, tree_of

NODE = base_node(SETUP)
OTHER = tree_of("a").nodes[1]
SUITE = suite_of(SETUP).id
VERSIONS = dict.fromkeys(SPLITS, "ab" * 32)
FAILURE = Failure(node=NODE.id, boundary="training", cause="NaN")


def test_commit_then_read(store, weights):
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    again = Store.open(store.url, create=False)
    assert again.trained() == {NODE.slug}
    assert again.has_weights(NODE)
    assert again.training(NODE).model_copy(update={"checkpoint": "", "weights": None}) == training_of(record_of(NODE))
    with again.checkpoint(NODE) as folder:
        assert (folder / "model.safetensors").read_bytes() == b"\x00\x01"
        assert (folder / "deep" / "config.json").read_text() == "{}"


def test_a_node_without_record_is_not_finished(store):
    store.beat(NODE, Progress(step=1, steps=2))
    store.fail(NODE, SETUP, SUITE, FAILURE)
    assert store.trained() == set()
    assert not store.has_weights(NODE)
    with pytest.raises(StoreError, match=r"has no record\.json"):
        store.training(NODE)


def test_the_first_record_wins(store, weights):
    store.commit(NODE, SETUP, training_of(record_of(NODE, digest("first"))), weights)
    first = store.training(NODE)
    store.commit(NODE, SETUP, training_of(record_of(NODE, digest("second"))), weights)
    assert store.training(NODE) == first
    with store.checkpoint(NODE) as folder:
        assert (folder / "model.safetensors").exists()


def test_the_loser_leaves_no_weights(tmp_path, weights):
    store = Store.open(str(tmp_path / "store"))
    for _ in range(3):
        store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    assert len(list((tmp_path / "store" / "nodes" / NODE.slug).glob("attempt-*"))) == 1


def test_commits_at_once_leave_one_whole_record(tmp_path, weights):
    store = Store.open(str(tmp_path / "store"))
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(store.commit, NODE, SETUP, training_of(record_of(NODE)), weights) for _ in range(40)]
        seen = set()
        while not all(future.done() for future in futures):
            if store.has_weights(NODE):
                seen.add(store.training(NODE).checkpoint)
    assert all(future.exception() is None for future in futures)
    assert seen | {store.training(NODE).checkpoint} == {store.training(NODE).checkpoint}
    with store.checkpoint(NODE) as folder:
        assert (folder / "deep" / "config.json").read_text() == "{}"


def test_a_failure_lasts_until_the_record(store, weights):
    assert store.failure(NODE, SUITE) is None
    store.fail(NODE, SETUP, SUITE, FAILURE)
    assert store.failure(NODE, SUITE) == FAILURE
    leave(store, NODE, SETUP, record_of(NODE), weights)
    assert store.failure(NODE, SUITE) is None
    store.fail(NODE, SETUP, SUITE, FAILURE)
    assert store.failure(NODE, SUITE) is None


def test_a_note_of_failure_that_comes_late_does_not_count(tmp_path, weights):
    store = Store.open(str(tmp_path / "store"))
    leave(store, NODE, SETUP, record_of(NODE), weights)
    (tmp_path / "store" / "nodes" / NODE.slug / "error.json").write_text(FAILURE.model_dump_json())
    assert store.failure(NODE, SUITE) is None


def test_progress_is_the_latest(store):
    assert store.progress(NODE) is None
    for step in range(3):
        store.beat(NODE, Progress(step=step, steps=3, reward=0.5))
    assert store.progress(NODE) == Progress(step=2, steps=3, reward=0.5)


@given(st.lists(st.tuples(st.text(), st.text(), st.dictionaries(st.text(), st.integers())), max_size=4))
def test_examples_come_back_as_they_were(rows):
    store = Store.open("memory://examples")
    items = tuple(Example(prompt=prompt, answer=answer, fields=fields) for prompt, answer, fields in rows)
    version = digest(repr(rows))
    splits = {"train": items, "validation": (), "test": items[:1]}
    versions = dict.fromkeys(SPLITS, version)
    store.put_data("sums", versions, splits)
    assert store.data("sums", versions) == splits


def test_data_are_kept_once(tmp_path):
    store = Store.open(str(tmp_path))
    splits = {split: (Example(prompt=split, answer="1"),) for split in ("train", "validation", "test")}
    store.put_data("sums", VERSIONS, splits)
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*.jsonl")}
    assert len(files) == 3
    store.put_data("sums", VERSIONS, splits)
    assert files == {path: path.stat().st_mtime_ns for path in files}


def test_missing_and_garbled_data_are_named(tmp_path):
    store = Store.open(str(tmp_path))
    with pytest.raises(StoreError, match=r"sums-train-abababababababab\.jsonl: the prepared examples are missing"):
        store.data("sums", VERSIONS)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / f"sums-train-{'ab' * 8}.jsonl").write_text('{"prompt": "a"')
    with pytest.raises(StoreError, match=r"sums-train-.*\.jsonl: not examples"):
        store.data("sums", VERSIONS)


def test_runs_are_the_folders_named_like_one(store):
    store.write_run("quick-0123abcd", "report.json", "{}")
    store.write_run("quick-0123abcd", "report.json", "{1}")
    store.write_run("alpha_2-0123abcd", "curriculum.yaml", "")
    store.beat(NODE, Progress(step=0, steps=1))
    assert store.runs() == ["alpha_2-0123abcd", "quick-0123abcd"]
    assert store.read_run("quick-0123abcd", "report.json") == "{1}"
    assert store.read_run("quick-0123abcd", "other.json") is None


def test_a_store_travels_to_a_worker(store, weights):
    copy = pickle.loads(pickle.dumps(store))
    copy.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    assert store.has_weights(NODE)


def test_a_relative_path_is_valid_from_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = Store.open("runs").url
    monkeypatch.chdir("/")
    assert Store.open(url, create=False).url == str(tmp_path / "runs")


def test_a_folder_with_other_files_may_become_a_store(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    Store.open(str(tmp_path))
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gopher://x", "a store is a folder or a URL that fsspec knows, got 'gopher://x'"),
        ("{file}", "a store is a folder, this is a file"),
        ("{file}/below", "the store cannot be used: not a directory"),
        ("/proc/store", "the store cannot be used: no such file or directory"),
    ],
)
def test_a_place_that_cannot_be_a_store(tmp_path, url, said):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        Store.open(url.format(file=tmp_path / "file"))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": 999}', "made by an incompatible version, its format must be 4, got 999"),
        ('{"format": 1}', "made by an incompatible version, its format must be 4, got 1. Name another --store."),
        ('{"form', "not a store's description"),
        ("[]", "not a store's description"),
        ("{}", "not a store's description"),
        ("\udcff", "not a store's description"),
    ],
)
def test_a_store_of_another_kind_is_refused(tmp_path, text, said):
    (tmp_path / "store.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(StoreError) as caught:
        Store.open(str(tmp_path))
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_reading_makes_no_store(tmp_path):
    with pytest.raises(StoreError, match="there is no store here"):
        Store.open(str(tmp_path / "none"), create=False)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("damage", [lambda text: b"\xff" + text, lambda text: b"{}\n", lambda text: b"[" + text])
def test_a_garbled_record_is_named(tmp_path, weights, damage):
    store = Store.open(str(tmp_path))
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    path = tmp_path / "nodes" / NODE.slug / "record.json"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(StoreError, match=r"record\.json: not a training record\. Remove the file"):
        store.training(NODE)


def test_a_score_that_is_no_number_is_never_kept(store, weights):
    score = record_of(NODE).scores["test"]["a"].model_copy(update={"nll": 1.0, "items": (float("nan"),)})
    record = record_of(NODE).model_copy(update={"scores": {"test": {"a": score}}})
    with pytest.raises(StageError, match=r"evaluation: scores\.test\.a\.items\.0 is not a finite number"):
        leave(store, NODE, SETUP, record, weights)
    assert store.has_weights(NODE)
    assert not store.has(NODE, SUITE)
    assert store.files.names(f"nodes/{NODE.slug}") == ["record.json", "spec.json"]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_damages_nothing(small_disk, weights):
    store = Store.open(str(small_disk))
    store.commit(NODE, SETUP, training_of(record_of(NODE)), weights)
    before = store.training(NODE)
    (weights / "big").write_bytes(bytes(2 * 2**20))
    other = OTHER
    with pytest.raises(StageError, match="store: no space left on device"):
        store.commit(other, SETUP, training_of(record_of(other)), weights)
    assert not list((small_disk / "nodes" / other.slug).glob("attempt-*"))
    assert store.trained() == {NODE.slug}
    assert store.training(NODE) == before
    store.fail(other, SETUP, SUITE, FAILURE)
    assert store.failure(other, SUITE) == FAILURE
    (weights / "big").unlink()
    store.commit(other, SETUP, training_of(record_of(other)), weights)
    assert store.has_weights(other)


def test_a_read_only_disk(small_disk):
    Store.open(str(small_disk))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match="permission denied"):
        Store.open(str(small_disk))
    assert Store.open(str(small_disk), create=False).runs() == []


def test_a_disk_without_room_for_a_report(small_disk):
    store = Store.open(str(small_disk))
    with pytest.raises(StoreError, match="the store cannot be written: no space left on device"):
        store.write_run("quick-0123abcd", "report.json", "x" * 2 * 2**20)
    assert store.read_run("quick-0123abcd", "report.json") is None
    assert not list((small_disk / "tmp").iterdir())


def test_a_mount_without_hard_links(store, weights, monkeypatch):
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    store.commit(NODE, SETUP, training_of(record_of(NODE, digest("first"))), weights)
    first = store.training(NODE)
    store.commit(NODE, SETUP, training_of(record_of(NODE, digest("second"))), weights)
    assert store.training(NODE) == first


def test_the_spec_stands_beside_the_record(tmp_path, weights):
    store = Store.open(str(tmp_path))
    node = tree_of("a b").nodes[2]
    store.commit(node, SETUP, training_of(record_of(node)), weights)
    spec = (tmp_path / "nodes" / node.slug / "spec.json").read_text()
    assert '"path":["a","b"]' in spec
    assert str(tmp_path) not in spec
