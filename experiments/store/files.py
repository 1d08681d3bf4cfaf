"""The few file operations that a store needs. Variants: local.py for folders, remote.py for URLs.

A store's own are either of them inside patient.py, which tries again.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class Files(Protocol):
    """Names are relative, with ``/``. Failures are OSError or whatever the file system raises."""

    @property
    def url(self) -> str:
        """Where it is, valid from any working directory."""
        ...

    @property
    def once(self) -> Files:
        """The same files, where nothing is tried again: for what nobody waits for."""
        ...

    def read(self, name: str) -> str | None:
        """A file's text, None where there is no such file."""
        ...

    def write(self, name: str, text: str, *, durable: bool = False) -> None:
        """Write or replace a file: readers see the old text or the new one, never a part.

        Not `durable`: it may be lost, or empty, after the machine went down; else it is on disk before it is visible.
        """
        ...

    def create(self, name: str, text: str, *, durable: bool = True) -> bool:
        """Write a file unless it exists: of several writers the first wins. Whether this one did.

        `durable`: at return, or at the end of `kept_together`, it is on disk under this name.
        """
        ...

    def exists(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        ...

    def whole(self, name: str) -> bool:
        """Whether there is such a record, and not only what a power cut left of it."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file or a folder with its content; absent is fine."""
        ...

    def upload(self, folder: Path, name: str) -> None:
        """Copy the files of a local folder to the folder `name`, durably; empty folders are not kept."""
        ...

    def local(self, name: str) -> AbstractContextManager[Path]:
        """A local folder with the content of the folder `name`, to be read only."""
        ...

    def folders(self, parent: str = "") -> list[str]:
        """Names of the folders in a folder, sorted; by default at the top. None where there is no such folder."""
        ...

    def holding(self, parent: str, name: str) -> Collection[str]:
        """Folders in `parent` that hold a record `name`, by one listing; see `whole`."""
        ...

    def names(self, folder: str) -> list[str]:
        """Names of the files in a folder, sorted; none where there is no such folder."""
        ...

    def size(self, name: str) -> int:
        """Bytes of all files in the folder `name`; 0 where there is none."""
        ...

    def check_writable(self) -> None:
        """Raise OSError where it is known that nothing can be written."""
        ...
