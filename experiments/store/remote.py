"""A store at a URL (object store, memory): any fsspec file system whose put is atomic."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fsspec import AbstractFileSystem
from fsspec.asyn import AsyncFileSystem

from experiments.store.files import Files


@dataclass(frozen=True)
class RemoteFiles:
    """See `Files`."""

    url: str
    system: AbstractFileSystem
    root: str

    @property
    def once(self) -> Files:
        """See `Files`."""
        return self

    def read(self, name: str) -> str | None:
        """See `Files`."""
        try:
            text: str = self.system.cat_file(self._path(name)).decode("utf-8")
        except FileNotFoundError:
            return None
        return text

    def write(self, name: str, text: str, *, durable: bool = False) -> None:
        """See `Files`: all is durable."""
        path = self._path(name)
        # Object stores ignore this; others (sftp, memory) need the folder.
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self.system.pipe_file(path, text.encode())

    def create(self, name: str, text: str, *, durable: bool = True) -> bool:
        """See `Files`. Two writers at the very same time may both win where a put cannot be conditional, and two of the
        same text always: writers must not write the same."""
        path = self._path(name)
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            self.system.pipe_file(path, text.encode(), mode="create")
        except FileExistsError:
            # Clients put again by themselves what was cut off after it had arrived (aiohttp does): then it is our own.
            return self.read(name) == text
        return True

    def exists(self, name: str) -> bool:
        """See `Files`."""
        self.system.invalidate_cache()
        return self._there(self._path(name))

    def whole(self, name: str) -> bool:
        """See `Files`: what a put has not finished is not there."""
        return self.exists(name)

    def remove(self, name: str) -> None:
        """See `Files`."""
        with suppress(FileNotFoundError):
            self.system.rm(self._path(name), recursive=True)

    def upload(self, folder: Path, name: str) -> None:
        """See `Files`."""
        for source in sorted(folder.rglob("*")):
            if source.is_file():
                target = f"{self._path(name)}/{source.relative_to(folder).as_posix()}"
                self.system.makedirs(target.rpartition("/")[0], exist_ok=True)
                self.system.put_file(str(source), target)

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """See `Files`: a temporary copy."""
        remote = self._path(name)
        with tempfile.TemporaryDirectory(prefix="stagewise-") as folder:
            self.system.invalidate_cache()
            for path in self._below(remote):
                target = Path(folder) / path.removeprefix(remote).lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                self.system.get_file(path, str(target))
            yield Path(folder)

    def folders(self, parent: str = "") -> list[str]:
        """See `Files`."""
        self.system.invalidate_cache()
        try:
            found = self.system.ls(self._path(parent) if parent else self.root, detail=True)
        except FileNotFoundError:
            return []
        return sorted(_last(info["name"]) for info in found if info["type"] == "directory")

    def holding(self, parent: str, name: str) -> set[str]:
        """See `Files`. The whole subtree is listed: object stores do that in pages of 1,000 keys."""
        self.system.invalidate_cache()
        folder = self._path(parent)
        paths = (path.removeprefix(folder).strip("/") for path in self._below(folder))
        split = (path.split("/") for path in paths)
        return {parts[0] for parts in split if len(parts) == 2 and parts[1] == name}

    def names(self, folder: str) -> list[str]:
        """See `Files`."""
        self.system.invalidate_cache()
        try:
            found = self.system.ls(self._path(folder), detail=True)
        except FileNotFoundError:
            return []
        return sorted(_last(info["name"]) for info in found if info["type"] == "file")

    def size(self, name: str) -> int:
        """See `Files`."""
        self.system.invalidate_cache()
        return sum(int(self.system.size(path) or 0) for path in self._below(self._path(name)))

    def check_writable(self) -> None:
        """See `Files`: not known before the first write."""

    def _there(self, path: str) -> bool:
        """Whether a path exists; fsspec's own `exists` takes every failure for "no"."""
        try:
            self.system.info(path)
        except FileNotFoundError:
            return False
        return True

    def _below(self, folder: str) -> list[str]:
        """Every file below a folder, none where there is no such folder; other failures are raised."""
        if _finds(self.system):
            return [str(path) for path in self.system.find(folder)]
        try:
            found = self.system.ls(folder, detail=True)
        except FileNotFoundError:
            # Also what is removed while it is listed.
            return []
        below: list[str] = []
        for info in found:
            path = str(info["name"]).rstrip("/")
            # An object store may hold a folder's own name as an empty object.
            if path != folder:
                below += self._below(path) if info["type"] == "directory" else [path]
        return below

    def _path(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _finds(system: AbstractFileSystem) -> bool:
    """Whether a file system has a `find` of its own; fsspec's leaves out folders that it could not list."""
    if isinstance(system, AsyncFileSystem):
        return type(system)._find is not AsyncFileSystem._find
    return type(system).find is not AbstractFileSystem.find
