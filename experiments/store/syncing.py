"""Names that are to survive a power cut: each brought to disk (fsync) at once, or those of quick nodes together.

A wait for the disk is a wait for the file system's journal, and waits at the same time are one: a hundred nodes that
are brought to disk together take a tenth of what they take one after the other. A name that waits is there for
everybody; only a power cut may leave it out, or in front of a file that is empty, cut or zeros (see `whole.py`).
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

AT_ONCE = 8
"""Waits for the disk at the same time."""

YOUNG_SECONDS = 1.0
"""What took longer to make than this is brought to disk at once, with all that waits."""

NO_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""What a place says that does not bring folders to disk: some network and FUSE mounts."""


@dataclass
class _Group:
    """Names that wait, of one thread."""

    since: float
    paths: list[str] = field(default_factory=list)
    error: OSError | None = None

    def add(self, path: str) -> None:
        self.paths.append(path)
        if time.monotonic() - self.since > YOUNG_SECONDS:
            self.flush()

    def flush(self) -> None:
        """See `bring`."""
        paths, self.paths, self.since = self.paths, [], time.monotonic()
        try:
            bring(paths)
        except OSError as error:
            self.error = error
            raise


_GROUP: ContextVar[_Group | None] = ContextVar("_GROUP", default=None)


def together() -> bool:
    """Whether names that this thread makes wait for each other: then their files need not be on disk before."""
    return _GROUP.get() is not None


def keep_name(path: str) -> None:
    """A file got this name, which is to survive a power cut. Raises OSError; then the name is gone."""
    group = _GROUP.get()
    if group is not None:
        group.add(path)
    else:
        with _or_gone([path]):
            _sync_folder(os.path.dirname(path))


@contextmanager
def kept_together() -> Iterator[None]:
    """Names that this thread makes inside are on disk at the end, together. Raises OSError if some are not.

    Where the block is left by an exception they are not waited for: nobody is told of them.
    """
    group = _Group(time.monotonic())
    token = _GROUP.set(group)
    try:
        yield
    finally:
        _GROUP.reset(token)
    if group.paths:
        group.flush()
    if group.error is not None:
        raise group.error


def bring(paths: Iterable[str]) -> None:
    """Bring files to disk, and their names, those of several folders at the same time.

    Raises OSError where that fails; then the names in that folder are gone, and those in others are on disk.
    """
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(os.path.dirname(path), []).append(path)
    if len(folders) == 1:
        _bring(*folders.values())
    elif folders:
        # Every folder is tried, whatever becomes of the others.
        with ThreadPoolExecutor(min(AT_ONCE, len(folders))) as pool:
            list(pool.map(_bring, folders.values()))


def _bring(paths: list[str]) -> None:
    """Bring files of one folder to disk, and their names."""
    with _or_gone(paths):
        for path in paths:
            # What was removed since is none that must be kept.
            with suppress(FileNotFoundError):
                _sync(path)
        with suppress(FileNotFoundError):
            _sync_folder(os.path.dirname(paths[0]))


@contextmanager
def _or_gone(paths: list[str]) -> Iterator[None]:
    """What may not be on disk must not be believed: the names go, and the nodes fail."""
    try:
        yield
    except OSError:
        for path in paths:
            with suppress(OSError):
                os.unlink(path)
        raise


def _sync_folder(folder: str) -> None:
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in NO_FOLDERS:
            raise


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
