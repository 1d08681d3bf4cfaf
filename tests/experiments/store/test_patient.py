"""A store that does not answer once is asked again; one that never does ends a command with one line."""

from __future__ import annotations

import errno
import logging
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from domains.errors import StoreError
from experiments.cli.main import main
from experiments.nodes.tree import StageNode
from experiments.store import Progress, Store, patient
from experiments.store.failing import may_pass, reason
from experiments.store.local import LocalFiles
from experiments.store.patient import WAITS, PatientFiles
from tests.support.commands import variant
from tests.support.faults import FaultyFileSystem, fails

pytestmark = pytest.mark.slow

NODE = StageNode(id="00" * 32, parent=None, stage=None, seed=0)
LOST = TimeoutError(errno.ETIMEDOUT, "Connection timed out")
CALLS = {
    "read": ("there",),
    "write": ("new", "text"),
    "create": ("new", "text"),
    "exists": ("there",),
    "whole": ("folder/record.json",),
    "remove": ("there",),
    "upload": (Path(__file__).parent, "copy"),
    "local": ("folder",),
    "folders": (),
    "size": ("folder",),
    "holding": ("", "record.json"),
    "names": ("folder",),
    "check_writable": (),
}
"""Every operation of `Files` with arguments."""


class Flaky(LocalFiles):
    """Files whose every operation fails so many times."""

    def __init__(self, root: Path, times: int, error: Exception) -> None:
        super().__init__(root)
        for name in CALLS:
            object.__setattr__(self, name, fails(times, error, getattr(super(), name)))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a little in it."""
    (tmp_path / "there").write_text("text")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "record.json").write_text("{}")
    return tmp_path


def use(files: PatientFiles, name: str) -> object:
    """Do an operation; of a local copy its path."""
    result = getattr(files, name)(*CALLS[name])
    if name != "local":
        return result
    with result as folder:
        return folder


def test_every_operation_of_files_is_here() -> None:
    """A new one must be tried again too."""
    public = {name for name in vars(LocalFiles) if not name.startswith("_")} - {"url", "once", "root"}
    assert public == set(CALLS)
    assert public <= set(vars(PatientFiles))


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("times", [1, len(WAITS)])
def test_what_fails_some_times_is_done(root: Path, name: str, times: int) -> None:
    slept: list[float] = []
    expected = use(PatientFiles(LocalFiles(root)), name)
    for file in (root / "new", root / "copy"):
        LocalFiles(root).remove(file.name)
    (root / "there").write_text("text")
    assert use(PatientFiles(Flaky(root, times, LOST), slept.append), name) == expected
    assert tuple(slept) == WAITS[:times]


@pytest.mark.parametrize("name", CALLS)
def test_what_always_fails_is_one_line_with_the_url(root: Path, name: str) -> None:
    slept: list[float] = []
    with pytest.raises(StoreError) as caught:
        use(PatientFiles(Flaky(root, 99, LOST), slept.append), name)
    assert tuple(slept) == WAITS
    assert f"in {len(WAITS) + 1} tries: connection timed out, got '{root}'"[:60] in str(caught.value)
    assert "the same command goes on" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "Permission denied"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system"),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
    ],
)
def test_a_refusal_is_not_tried_again(root: Path, name: str, error: OSError) -> None:
    slept: list[float] = []
    with pytest.raises(StoreError, match=error.strerror.lower()) as caught:
        use(PatientFiles(Flaky(root, 99, error), slept.append), name)
    assert slept == []
    assert "tries" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (TimeoutError(), True),
        (ConnectionResetError(104, "reset"), True),
        (OSError(errno.EIO, "Input/output error"), True),
        (OSError(errno.ESTALE, "Stale file handle"), True),
        (OSError(), True),
        (RuntimeError("SlowDown"), True),
        (PermissionError(), False),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), False),
        (TypeError("a bug"), False),
    ],
)
def test_what_may_pass(error: Exception, may: bool) -> None:
    assert may_pass(error) == may


def test_the_reason_of_a_wrapped_failure_is_the_failure_s() -> None:
    outer = StoreError("the store cannot be read: connection timed out")
    outer.__cause__ = LOST
    assert reason(outer) == reason(LOST) == "connection timed out"
    assert reason(TimeoutError()) == "TimeoutError"


def test_text_that_is_not_utf8_is_the_reader_s_to_name(root: Path) -> None:
    (root / "there").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        PatientFiles(LocalFiles(root)).read("there")


def test_each_try_is_told(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        PatientFiles(Flaky(root, 2, LOST), lambda _: None).read("there")
    assert [record.getMessage() for record in caplog.records] == [
        f"the store {root} cannot be read (connection timed out): again in 0.5 s",
        f"the store {root} cannot be read (connection timed out): again in 1 s",
    ]


class Late(LocalFiles):
    """A create that writes, and then does not hear that it has."""

    def create(self, name: str, text: str, *, durable: bool = True) -> bool:
        won = super().create(name, text, durable=durable)
        if won:
            raise LOST
        return won


def test_a_create_that_finds_its_own_file_was_first(root: Path) -> None:
    files = PatientFiles(Late(root), lambda _: None)
    assert files.create("record.json", "mine")
    assert files.read("record.json") == "mine"
    assert not files.create("record.json", "another's")
    assert files.read("record.json") == "mine"


def test_a_create_that_failed_and_finds_another_s_file_was_not_first(root: Path) -> None:
    (root / "record.json").write_text("another's")
    files = PatientFiles(Flaky(root, 1, LOST), lambda _: None)
    assert not files.create("record.json", "mine")


def test_the_same_text_without_a_failed_try_was_not_first(root: Path) -> None:
    (root / "record.json").write_text("mine")
    assert not PatientFiles(LocalFiles(root)).create("record.json", "mine")


def test_what_is_done_with_a_copy_is_not_tried_again(root: Path) -> None:
    slept: list[float] = []
    with pytest.raises(TimeoutError), PatientFiles(LocalFiles(root), slept.append).local("folder"):
        raise LOST
    assert slept == []


def test_patience_travels_to_a_worker(root: Path) -> None:
    files = PatientFiles(LocalFiles(root))
    assert pickle.loads(pickle.dumps(files)) == files


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The URL of a store that a test may put out of reach; waits take no time."""
    monkeypatch.setattr(patient, "WAITS", (0.0, 0.0))
    monkeypatch.setattr(FaultyFileSystem, "error", None)
    monkeypatch.setattr(FaultyFileSystem, "below", "")
    return f"faulty://{tmp_path.name}/store"


def test_a_store_out_of_reach_is_no_empty_store(faulty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """fsspec itself says "not there" and lists nothing."""
    files = Store.open(faulty).files
    assert files.create("nodes/a/record.json", "{}")
    assert set(files.holding("nodes", "record.json")) == {"a"}
    monkeypatch.setattr(FaultyFileSystem, "error", LOST)
    asked: list[Callable[[], object]] = [
        lambda: files.exists("nodes/a/record.json"),
        lambda: files.whole("nodes/a/record.json"),
        lambda: files.read("nodes/a/record.json"),
        lambda: files.holding("nodes", "record.json"),
        lambda: files.names("nodes/a"),
        lambda: files.local("nodes/a").__enter__(),
        files.folders,
    ]
    for ask in asked:
        with pytest.raises(StoreError, match="cannot be read in 3 tries: connection timed out"):
            ask()
    with pytest.raises(StoreError, match="cannot be used: connection timed out"):
        Store.open(faulty)


def test_a_copy_that_lacks_a_folder_is_no_copy(faulty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = tmp_path / "weights"
    (weights / "deep").mkdir(parents=True)
    (weights / "deep" / "one").write_text("1")
    files = Store.open(faulty).files
    files.upload(weights, "nodes/a/attempt")
    monkeypatch.setattr(FaultyFileSystem, "below", "deep")
    monkeypatch.setattr(FaultyFileSystem, "error", LOST)
    with pytest.raises(StoreError, match="connection timed out"), files.local("nodes/a/attempt"):
        pass


def test_a_write_that_fails_says_why_once(faulty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(faulty)
    monkeypatch.setattr(FaultyFileSystem, "error", LOST)
    with pytest.raises(StoreError, match="cannot be written in 3 tries: connection timed out, got 'faulty://"):
        store.write_run("tiny-00000000", "report.json", "{}")


def test_a_heartbeat_waits_for_nobody(faulty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(faulty)
    monkeypatch.setattr(FaultyFileSystem, "error", LOST)
    monkeypatch.setattr(PatientFiles, "_try", None)
    store.beat(NODE, Progress(step=1, steps=2))
    assert store.progress(NODE) is None


def test_a_run_whose_store_is_lost_ends_with_one_line_and_goes_on(
    faulty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = variant(tmp_path, ("steps: 120, batch: 24", "steps: 2, batch: 2"))
    arguments = ["profile", str(file), "--store", faulty, "--executor", "inline", "--seeds", "0"]
    monkeypatch.setattr(sys, "argv", ["stagewise", *arguments])
    monkeypatch.setattr(FaultyFileSystem, "below", "/nodes")
    monkeypatch.setattr(FaultyFileSystem, "error", LOST)
    with pytest.raises(SystemExit) as stop:
        main()
    said = capsys.readouterr().err.strip().splitlines()
    assert stop.value.code == 2
    assert said[-1].startswith("error: the store cannot be read in 3 tries: connection timed out, got 'faulty://")
    assert "Traceback" not in "".join(said)
    monkeypatch.setattr(FaultyFileSystem, "error", None)
    with pytest.raises(SystemExit) as stop:
        main()
        raise SystemExit(0)
    assert stop.value.code == 0
