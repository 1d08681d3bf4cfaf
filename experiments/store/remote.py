"""A store at a URL (object store, memory): any fsspec file system whose put is atomic."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fsspec import AbstractFileSystem


@dataclass(frozen=True)
class RemoteFiles:
    """See `Files`."""

    url: str
    system: AbstractFileSystem
    root: str

    def read(self, name: str) -> str | None:
        """See `Files`."""
        try:
            text: str = self.system.cat_file(self._path(name)).decode("utf-8")
        except FileNotFoundError:
            return None
        return text

    def write(self, name: str, text: str) -> None:
        """See `Files`."""
        path = self._path(name)
        # Object stores ignore this; others (sftp, memory) need the folder.
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self.system.pipe_file(path, text.encode())

    def create(self, name: str, text: str) -> bool:
        """See `Files`. Two writers at the very same time may both win where a put cannot be conditional."""
        path = self._path(name)
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            self.system.pipe_file(path, text.encode(), mode="create")
        except FileExistsError:
            return False
        return True

    def exists(self, name: str) -> bool:
        """See `Files`."""
        self.system.invalidate_cache()
        return bool(self.system.exists(self._path(name)))

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
            for path in self.system.find(remote):
                target = Path(folder) / str(path).removeprefix(remote).lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                self.system.get_file(path, str(target))
            yield Path(folder)

    def folders(self) -> list[str]:
        """See `Files`."""
        self.system.invalidate_cache()
        if not self.system.exists(self.root):
            return []
        found = self.system.ls(self.root, detail=True)
        return sorted(_last(info["name"]) for info in found if info["type"] == "directory")

    def holding(self, parent: str, name: str) -> set[str]:
        """See `Files`. The whole subtree is listed: object stores do that in pages of 1,000 keys."""
        self.system.invalidate_cache()
        folder = self._path(parent)
        paths = (str(path).removeprefix(folder).strip("/") for path in self.system.find(folder))
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

    def check_writable(self) -> None:
        """See `Files`: not known before the first write."""

    def _path(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
