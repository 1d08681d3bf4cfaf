"""While data are prepared: what is shown on the terminal, and where they are kept for the next command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from experiments.run.silence import Silence

if TYPE_CHECKING:
    from rich.status import Status

    from domains.preparation.data_cache import Cache

FOLDER = "prepared"


class Preparing:
    """Hears how far preparation is, perhaps from another thread, and shows it while somebody waits for it."""

    def __init__(self) -> None:
        self._text = "Preparing the data …"
        self._status: Status | None = None
        self._log: Console | None = None
        self._silence = Silence()

    def __call__(self, what: str, part: float) -> None:
        """`part` of it, in [0, 1], is done."""
        self._text = f"Preparing {what}: {part:.0%} …"
        if self._status is not None:
            self._status.update(escape(self._text))
        if self._log is not None and self._silence.long:
            self._silence.end()
            self._log.print(self._text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def shown(self, console: Console) -> Iterator[None]:
        """On a terminal; elsewhere a line a minute."""
        with console.status(escape(self._text)) as status:
            self._status, self._log = status, None if console.is_terminal else console
            try:
                yield
            finally:
                self._status = self._log = None


def own_cache() -> Path:
    """The user's cache of ours; it need not be there."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stagewise"


def cache_of(store: str | None, *, writes: bool) -> Cache:
    """Where prepared data are looked for: in the store, if it is a folder and there, and in the user's cache.

    A command that `writes` keeps them in the store; one that does not, and one whose store is yet to be made or is no
    folder, in the user's cache. Both are local: to read half a gigabyte from a bucket takes longer than to prepare it.
    """
    from domains.preparation.data_cache import Cache

    own = own_cache() / FOLDER
    there = store is not None and "://" not in store and (Path(store) / "store.json").is_file()
    if store is None or not there:
        return Cache((own,))
    places = (Path(store).absolute() / FOLDER, own)
    return Cache(places if writes else places[::-1])
