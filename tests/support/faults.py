"""File systems that fail as the network does: some times, or from some moment on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from fsspec import AbstractFileSystem, register_implementation
from fsspec.implementations.memory import MemoryFileSystem


def fails(times: int, error: Exception, then: Callable[..., Any]) -> Callable[..., Any]:
    """A function that raises `error` so many times, and then is `then`."""
    left = [times]

    def call(*arguments: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return then(*arguments, **named)

    return call


class FaultyFileSystem(MemoryFileSystem):  # type: ignore[misc]
    """``faulty://…``: in memory, and out of reach while `error` is set."""

    protocol = "faulty"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    error: ClassVar[Exception | None] = None
    below: ClassVar[str] = ""
    """Only paths with this in them are out of reach."""

    find = AbstractFileSystem.find
    exists = AbstractFileSystem.exists

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(str(path).removeprefix("faulty://")))

    def _reach(self, path: str) -> None:
        if self.error is not None and self.below in str(path):
            raise self.error

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        self._reach(path)
        return super().ls(path, detail, **kwargs)

    def info(self, path: str, **kwargs: Any) -> Any:
        self._reach(path)
        return super().info(path, **kwargs)

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any) -> Any:
        self._reach(path)
        return super().cat_file(path, start, end, **kwargs)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> Any:
        self._reach(path)
        return super().pipe_file(path, value, mode=mode, **kwargs)


register_implementation("faulty", FaultyFileSystem, clobber=True)
