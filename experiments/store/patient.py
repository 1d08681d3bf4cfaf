"""Files that are tried again: one answer that does not come must not end a run of hours."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from domains.errors import StoreError
from experiments.store.failing import may_pass, reason
from experiments.store.files import Files

Result = TypeVar("Result")

WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before the second try, the third, …: half a minute in all, on top of what a file system's client does itself.

Without chance in them: a worker's random numbers belong to its stage.
"""
HINT = "What is finished is kept: once this is mended, the same command goes on."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PatientFiles:
    """See `Files`. What fails and may pass is tried again with growing waits; then it is a StoreError with the URL.

    What a place refuses (no permission, no room) is a StoreError at once. Only text that is not UTF-8 stays a
    UnicodeDecodeError: that is about one file, and whoever reads it says which.
    """

    files: Files
    sleep: Callable[[float], None] = time.sleep

    @property
    def url(self) -> str:
        """See `Files`."""
        return self.files.url

    @property
    def once(self) -> Files:
        """See `Files`."""
        return self.files

    def read(self, name: str) -> str | None:
        """See `Files`."""
        return self._try("read", lambda: self.files.read(name))

    def write(self, name: str, text: str, *, durable: bool = False) -> None:
        """See `Files`."""
        self._try("written", lambda: self.files.write(name, text, durable=durable))

    def create(self, name: str, text: str, *, durable: bool = True) -> bool:
        """See `Files`. Writers must not write the same text, or more than one may be told that it was first."""
        failed = False

        def create() -> bool:
            nonlocal failed
            try:
                # A try that failed may have written all the same: then the file that is in the way is our own.
                return self.files.create(name, text, durable=durable) or (failed and self.files.read(name) == text)
            except Exception:
                failed = True
                raise

        return self._try("written", create)

    def exists(self, name: str) -> bool:
        """See `Files`."""
        return self._try("read", lambda: self.files.exists(name))

    def whole(self, name: str) -> bool:
        """See `Files`."""
        return self._try("read", lambda: self.files.whole(name))

    def remove(self, name: str) -> None:
        """See `Files`."""
        self._try("written", lambda: self.files.remove(name))

    def upload(self, folder: Path, name: str) -> None:
        """See `Files`. Tried again as a whole: a file that is there already is replaced by its equal."""
        self._try("written", lambda: self.files.upload(folder, name))

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """See `Files`. The copying is tried again, never what is done with the copy."""
        with ExitStack() as stack:
            yield self._try("read", lambda: stack.enter_context(self.files.local(name)))

    def folders(self, parent: str = "") -> list[str]:
        """See `Files`."""
        return self._try("read", lambda: self.files.folders(parent))

    def holding(self, parent: str, name: str) -> Collection[str]:
        """See `Files`."""
        return self._try("read", lambda: self.files.holding(parent, name))

    def names(self, folder: str) -> list[str]:
        """See `Files`."""
        return self._try("read", lambda: self.files.names(folder))

    def size(self, name: str) -> int:
        """See `Files`."""
        return self._try("read", lambda: self.files.size(name))

    def check_writable(self) -> None:
        """See `Files`."""
        self._try("written", self.files.check_writable)

    def _try(self, done: str, operation: Callable[[], Result]) -> Result:
        """The result of `operation`, tried again while its failure may pass. `done`: what the store cannot be."""
        for wait in (*WAITS, None):
            try:
                return operation()
            except UnicodeDecodeError:
                raise
            except Exception as error:
                passing, why = may_pass(error), reason(error)
                if wait is None or not passing:
                    tries = f" in {len(WAITS) + 1} tries" if passing else ""
                    raise StoreError(f"the store cannot be {done}{tries}: {why}", value=self.url, hint=HINT) from error
            log.warning("the store %s cannot be %s (%s): again in %g s", self.url, done, why, wait)
            self.sleep(wait)
        raise AssertionError("the last try returns or raises")
