"""What processes apart print: shown line by line on our own standard error, up to a limit.

Through Python's `sys.stderr`, and not by handing on the descriptor: who draws on the terminal meanwhile puts something
of their own in its place, and then what is printed stands above the drawing and not in it.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Lock, Thread
from typing import IO

LINES = 100
"""Lines that are shown of all processes of a pool together."""
LONGEST = 500
"""Characters of a line, at most as many bytes."""
CHUNK = 1 << 16


class Printed:
    """Shows what is heard, each line after `name`, and says once that there was more."""

    def __init__(self, name: str) -> None:
        self._name, self._left, self._lock = name, LINES, Lock()

    def hear(self, pipe: IO[bytes]) -> Thread:
        """Begin to read a pipe until its other side is closed; what is not shown is read too, so that nobody waits."""
        thread = Thread(target=self._read, args=(pipe,), daemon=True)
        thread.start()
        return thread

    def _read(self, pipe: IO[bytes]) -> None:
        with suppress(OSError, ValueError), pipe:
            while line := pipe.readline(LONGEST):
                rest = line
                while rest and not rest.endswith(b"\n"):
                    rest = pipe.readline(CHUNK)
                self._show(_plain(line) + ("" if line.endswith(b"\n") or not rest else " …"))

    def _show(self, line: str) -> None:
        with self._lock:
            if self._left < 0:
                return
            told = line if self._left else f"has printed {LINES} lines; what comes after is not shown"
            self._left -= 1
            # Where nobody can be told, nobody is.
            with suppress(OSError, ValueError, AttributeError):
                sys.stderr.write(f"{self._name}: {told}\n")
                sys.stderr.flush()


def _plain(line: bytes) -> str:
    """Text without what moves a terminal's cursor or changes its colours."""
    text = line.decode(errors="replace").rstrip("\r\n")
    return "".join(one if one.isprintable() or one == "\t" else "\ufffd" for one in text)
