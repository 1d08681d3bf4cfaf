"""When a log should hear that work goes on, where no terminal shows it."""

from __future__ import annotations

import time

AT_FIRST, AT_MOST, PART = 60.0, 600.0, 1 / 20
"""Seconds of silence after which a reader wonders, at first and at most; and which part of the time so far that is in
between: the log of a day gets some two hundred such lines."""


class Silence:
    """For how long nothing was said."""

    def __init__(self) -> None:
        self._began = self._broken = time.monotonic()

    @property
    def long(self) -> bool:
        """Whether it is time to say something."""
        now = time.monotonic()
        return now - self._broken >= min(AT_MOST, max(AT_FIRST, PART * (now - self._began)))

    def end(self) -> None:
        """Something is said now."""
        self._broken = time.monotonic()
