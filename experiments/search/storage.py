"""Where a study is kept: a journal file beside the run by default, a database or a gRPC proxy by URL."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage, GrpcStorageProxy, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock

from domains.errors import StoreError
from domains.packages import install, is_missing, lacking
from experiments.store import Store
from experiments.store.failing import reason
from experiments.store.local import LocalFiles

JOURNAL = "search.journal"
FIRST_BYTES = b'{"op_code":'
ANSWER_SECONDS = 5
"""How long a server may take to answer."""
STALE_SECONDS = 1.0
"""A journal's lock that is the same for so long was left behind; a live one is held for milliseconds."""
RACE_WAITS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between the tries of two searches that begin at one moment on a fresh database."""
KINDS = "Give a path, journal://<path>, sqlite:///<path>, postgresql://…, mysql://… or grpc://<host>:<port>."


@dataclass(frozen=True)
class Place:
    """An open storage."""

    storage: BaseStorage
    url: str
    journal: Path | None = None
    """The file, where it is a journal."""


def open_place(url: str | None, store: Store, run: str) -> Place:
    """The storage at `url`; without one, a journal in the run's folder. Raises StoreError where it cannot be used."""
    if url is None:
        check_folder(store)
    place = str(Path(store.url, run, JOURNAL)) if url is None else url
    try:
        return opener(place)(place)
    except StoreError:
        raise
    except Exception as error:
        raise _unusable(place, error) from error


def check_folder(store: Store) -> None:
    """Raise StoreError where the default journal could not be kept beside the run."""
    if not isinstance(store.files.once, LocalFiles):
        raise StoreError(
            "a store that is no folder cannot keep a journal", key="--store", value=store.url, hint="Give --storage."
        )


def opener(url: str) -> Callable[[str], Place]:
    """How a storage of this kind is opened. Raises StoreError for a kind that is not known."""
    if not url:
        raise StoreError("must not be empty", key="--storage", value=url, hint=KINDS)
    scheme, mark, _ = url.partition("://")
    if not mark:
        return _journal
    kind = scheme.partition("+")[0]
    if kind not in OPENERS:
        raise StoreError("this kind of storage is not known", key="--storage", value=url, hint=KINDS)
    return OPENERS[kind]


@contextmanager
def guarded(url: str) -> Iterator[None]:
    """What a storage raises while it is used becomes a StoreError."""
    try:
        yield
    except (optuna.exceptions.StorageInternalError, OSError) as error:
        raise _unusable(url, error) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("grpc", "sqlalchemy"):
            raise _unusable(url, error) from error
        raise


def mend(journal: Path) -> None:
    """Remove what a killed process left: its lock, and a last line without its end.

    Optuna skips such a line when it reads, and appends to it when it writes: the journal would be garbled for good.
    Only where no live process writes: see `experiments.search.lock`.
    """
    lock = Path(f"{journal}.lock")
    seen, end = _stamp(lock), time.monotonic() + STALE_SECONDS
    while seen is not None and _stamp(lock) == seen:
        if time.monotonic() > end:
            lock.unlink(missing_ok=True)
            break
        time.sleep(0.05)
    holder = JournalFileSymlinkLock(str(journal))
    holder.acquire()
    try:
        _cut(journal)
    finally:
        holder.release()


def _cut(journal: Path) -> None:
    """End the file after its last line end."""
    with journal.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        keep = size
        while keep:
            start = max(0, keep - 4096)
            file.seek(start)
            found = file.read(keep - start).rfind(b"\n")
            if found >= 0:
                keep = start + found + 1
                break
            keep = start
        if keep < size:
            file.truncate(keep)


def _stamp(lock: Path) -> tuple[int, int] | None:
    try:
        found = lock.lstat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_ctime_ns


def _journal(url: str) -> Place:
    path = Path(url.removeprefix("journal://")).absolute()
    if not path.exists() and not path.parent.is_dir():
        raise StoreError("the journal's folder does not exist", key="--storage", value=url, hint="Make it first.")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(13, "Permission denied", str(path))
    if path.is_file() and not _begins_as_journal(path):
        # Optuna passes over a last line without its end, and `mend` would cut it off.
        raise StoreError("not a journal of Optuna", key="--storage", value=url, hint="Name another file.")
    try:
        return Place(JournalStorage(JournalFileBackend(str(path))), url, path)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise StoreError("not a journal of Optuna", key="--storage", value=url, hint="Name another file.") from error


def _begins_as_journal(path: Path) -> bool:
    """Whether a file is empty or begins, as far as it goes, as every journal does."""
    with path.open("rb") as file:
        head = file.read(len(FIRST_BYTES))
    return FIRST_BYTES.startswith(head)


def _database(url: str) -> Place:
    if url in ("sqlite://", "sqlite:///:memory:"):
        raise StoreError("a database in memory keeps nothing", key="--storage", value=url, hint=KINDS)
    # A silent server would be waited for without end; SQLite has no such option.
    limits: dict[str, Any] = {} if url.startswith("sqlite") else {"connect_args": {"connect_timeout": ANSWER_SECONDS}}
    for wait in RACE_WAITS:
        try:
            return Place(RDBStorage(url, engine_kwargs=limits), url)
        except Exception as error:
            if not _raced(error):
                raise
        time.sleep(wait)
    return Place(RDBStorage(url, engine_kwargs=limits), url)


def _raced(error: Exception) -> bool:
    """Whether a fresh database was being made by another process: Optuna asks for a table and then makes it.

    An AssertionError where the other process has made the table of versions and not filled it yet.
    """
    from sqlalchemy.exc import IntegrityError

    if isinstance(error, (AssertionError, IntegrityError)):
        return True
    return any(said in str(error) for said in ("already exists", "database is locked"))


def _proxy(url: str) -> Place:
    host, _, port = url.removeprefix("grpc://").rpartition(":")
    if not host or not port.isdigit():
        raise StoreError("host and port are needed", key="--storage", value=url, hint="For example grpc://host:13000.")
    if is_missing("grpc"):
        raise StoreError(lacking("grpc"), key="--storage", value=url, hint=install("grpc"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        storage = GrpcStorageProxy(host=host, port=int(port))
    storage.wait_server_ready(timeout=ANSWER_SECONDS)
    return Place(storage, url)


OPENERS: dict[str, Callable[[str], Place]] = {
    "journal": _journal,
    "sqlite": _database,
    "postgresql": _database,
    "mysql": _database,
    "grpc": _proxy,
}


def _unusable(url: str, error: Exception) -> StoreError:
    # A database's own words stand in what it wraps, and its sentences go on with links.
    inner = getattr(error, "orig", None) or error.__cause__ or error
    why = reason(inner) if isinstance(inner, OSError) else f"{type(inner).__name__}: {inner}".strip().split("\n")[0]
    hint = KINDS
    if type(inner).__name__ == "FutureTimeoutError":
        why, hint = f"no answer within {ANSWER_SECONDS} s", "Is the server running there?"
    elif isinstance(inner, ModuleNotFoundError):
        why, hint = f"the Python package {inner.name} is missing", "Install this database's driver beside stagewise."
    return StoreError(f"the storage cannot be used: {why}", key="--storage", value=_shown(url), hint=hint)


def _shown(url: str) -> str:
    """Without a password."""
    head, at, tail = url.rpartition("@")
    scheme, mark, user = head.partition("://")
    return f"{scheme}{mark}{user.partition(':')[0]}@{tail}" if at and mark else url
