"""A store in a folder. Plain paths, since atomic creation and fsync need them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from experiments.store.files import Files


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
            return (self.root / name).read_text("utf-8")
        except FileNotFoundError:
            return None

    def write(self, name: str, text: str) -> None:
        """See `Files`."""
        with self._written(name, text, durable=False) as temporary:
            temporary.replace(self.root / name)

    def create(self, name: str, text: str, *, durable: bool = True) -> bool:
        """See `Files`. What is durable is on disk (fsync) before it is visible."""
        with self._written(name, text, durable=durable) as temporary:
            return _claim(temporary, self.root / name)

    def exists(self, name: str) -> bool:
        """See `Files`."""
        return (self.root / name).exists()

    def remove(self, name: str) -> None:
        """See `Files`."""
        path = self.root / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def upload(self, folder: Path, name: str) -> None:
        """See `Files`. On disk (fsync) at return, so that no record outlives its weights."""
        for source in sorted(folder.rglob("*")):
            if source.is_file():
                copy = self.root / name / source.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
                with copy.open("rb+") as file:
                    os.fsync(file.fileno())

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
            return {entry.name for entry in entries if _is_there(f"{entry.path}/{name}")}

    def names(self, folder: str) -> list[str]:
        """See `Files`."""
        path = self.root / folder
        return sorted(entry.name for entry in path.iterdir() if entry.is_file()) if path.is_dir() else []

    def size(self, name: str) -> int:
        """See `Files`."""
        return sum(path.stat().st_size for path in (self.root / name).rglob("*") if path.is_file())

    def check_writable(self) -> None:
        """See `Files`."""
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied", str(self.root))

    @contextmanager
    def _written(self, name: str, text: str, *, durable: bool) -> Iterator[Path]:
        """A temporary file that holds `text`, with room for `name` made; gone at the end.

        All temporary files share one folder: making a file in a folder that is new takes ext4 up to 20 times
        as long as renaming one into it.
        """
        temporary = self.root / "tmp" / uuid4().hex
        folder = (self.root / name).parent
        try:
            _write(temporary, text, durable=durable)
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
            yield temporary
        finally:
            with suppress(OSError):
                temporary.unlink()


def _is_there(path: str) -> bool:
    """Whether there is such a file; what fails otherwise is no "no" (`os.path.exists` takes it for one)."""
    try:
        # Not Path: this runs once per node, and a store may hold many thousands.
        os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _write(path: Path, text: str, *, durable: bool) -> None:
    try:
        file = path.open("w", encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8")
    with file:
        file.write(text)
        file.flush()
        if durable:
            os.fsync(file.fileno())


def _claim(temporary: Path, path: Path) -> bool:
    """Give `temporary` the name `path` unless that name is taken."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    except OSError:
        # No hard links here (some network and FUSE mounts). Two writers at the very same time may then
        # both win, one after the other: both records are whole, equal in scores, and point to whole weights.
        if path.exists():
            return False
        temporary.replace(path)
    return True
