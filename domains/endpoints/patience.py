"""Asking again while nobody answers, and no faster than is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import TypeVar

Result = TypeVar("Result")
LONGEST = 60.0
"""Seconds between two tries."""


@dataclass(frozen=True)
class Transient(Exception):  # noqa: N818 - no error yet
    """Nobody answered this time."""

    cause: str
    wait: float | None = None
    """Seconds that the endpoint asks to be left alone."""


class GaveUp(Exception):  # noqa: N818 - becomes a StageError
    """Nobody answered for as long as anybody would wait."""


def again(ask: Callable[[], Result], patience: float, stop: Event) -> Result:
    """What `ask` gives, asked again after 1, 2, 4, … 60 seconds while it raises Transient. Raises GaveUp."""
    end, pause = time.monotonic() + patience, 1.0
    while True:
        try:
            return ask()
        except Transient as failure:
            pause_now = max(pause, min(failure.wait or 0.0, patience))
            if time.monotonic() + pause_now > end or stop.wait(pause_now):
                raise GaveUp(failure.cause) from None
            pause = min(LONGEST, 2 * pause)


class RateLimit:
    """Lets so many a minute pass, evenly."""

    def __init__(self, per_minute: float | None) -> None:
        self._step = 60.0 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._lock = Lock()

    def wait(self, stop: Event) -> None:
        """Return when it is one's turn, or when there is nothing to wait for any more."""
        if not self._step:
            return
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._step
        stop.wait(max(0.0, turn - time.monotonic()))
