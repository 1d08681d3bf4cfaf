"""A store in a folder. Plain paths, since atomic creation and fsync need them.

What every node needs goes by text and `os`: making Path objects took a fifth of a commit's processor time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from experiments.store.files import Files
from experiments.store.syncing import bring, keep_name, together
from experiments.store.weights import files_below
from experiments.store.whole import is_whole

Result = TypeVar("Result")

BUFFER = 2**16
"""Bytes; with a size of its own, opening a file does not ask whether it is a terminal."""


@dataclass(frozen=True)
class LocalFiles:
    """See `Files`."""

    root: Path

    @property
    def url(self) -> str:
        """The absolute path."""
        return str(self.root)

    @property
    def once(self) -> Files:
        """See `Files`."""
        return self

    def read(self, name: str) -> str | None:
        """See `Files`."""
        try:
            with open(self._at(name), "rb", buffering=BUFFER) as file:
                return file.read().decode()
        except FileNotFoundError:
            return None

    def write(self, name: str, text: str, *, durable: bool = False) -> None:
        """See `Files`."""
        path = self._at(name)
        with self._written(text, durable=durable) as temporary:
            _with_room(path, lambda: os.replace(temporary, path))

    def create(self, name: str, text: str, *, durable: bool = True) -> bool:
        """See `Files`."""
        path = self._at(name)
        with self._written(text, durable=durable and not together()) as temporary:
            made = _with_room(path, lambda: _linked(temporary, path))
        if made and durable:
            keep_name(path)
        return made

    def exists(self, name: str) -> bool:
        """See `Files`."""
        return _is_there(self._at(name))

    def whole(self, name: str) -> bool:
        """See `Files`."""
        return is_whole(self._at(name))

    def remove(self, name: str) -> None:
        """See `Files`."""
        path = self._at(name)
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError:
            # A folder: systems differ in how they say so.
            if not os.path.isdir(path):
                raise
            shutil.rmtree(path, ignore_errors=True)

    def upload(self, folder: Path, name: str) -> None:
        """See `Files`. On disk (fsync) at return, so that no record outlives its weights."""
        copies: list[str] = []
        for source in files_below(folder):
            copy = self.root / name / source.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            copies.append(str(copy))
        bring(copies)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """See `Files`: the folder itself."""
        yield self.root / name

    def folders(self, parent: str = "") -> list[str]:
        """See `Files`."""
        folder = self.root / parent
        return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []

    def holding(self, parent: str, name: str) -> set[str]:
        """See `Files`."""
        folder = self.root / parent
        if not folder.is_dir():
            return set()
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if is_whole(f"{entry.path}/{name}")}

    def names(self, folder: str) -> list[str]:
        """See `Files`."""
        try:
            with os.scandir(self._at(folder)) as entries:
                return sorted(entry.name for entry in entries if entry.is_file())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def size(self, name: str) -> int:
        """See `Files`."""
        return sum(path.stat().st_size for path in (self.root / name).rglob("*") if path.is_file())

    def check_writable(self) -> None:
        """See `Files`."""
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied", str(self.root))

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}"

    @contextmanager
    def _written(self, text: str, *, durable: bool) -> Iterator[str]:
        """A temporary file that holds `text`, on disk (fsync) if `durable`; gone at the end.

        All temporary files share one folder: making a file in a folder that is new takes ext4 up to 20 times
        as long as renaming one into it.
        """
        temporary = self._at(f"tmp/{uuid4().hex}")
        try:
            with _with_room(temporary, lambda: open(temporary, "wb", buffering=BUFFER)) as file:
                file.write(text.encode())
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            yield temporary
        finally:
            with suppress(OSError):
                os.unlink(temporary)


def _with_room(path: str, make: Callable[[], Result]) -> Result:
    """What `make` returns, which makes the file `path`; its folder is made where it is missing, which is seldom."""
    try:
        return make()
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return make()


def _is_there(path: str) -> bool:
    """Whether there is such a file; what fails otherwise is no "no" (`os.path.exists` takes it for one)."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _linked(temporary: str, path: str) -> bool:
    """Give `temporary` the name `path` unless that is taken. Raises FileNotFoundError where the folder is missing."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except FileNotFoundError:
        raise
    except OSError:
        # No hard links here (some network and FUSE mounts). Two writers at the very same time may then
        # both win, one after the other: both records are whole, equal in scores, and point to whole weights.
        if os.path.exists(path):
            return False
        os.replace(temporary, path)
    return True
