"""A process, told apart from a later one that got the same number: whether who holds something can still be at work."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """A process on some machine."""

    place: str
    pid: int
    started: str
    """When it began, in whatever its system counts."""

    @classmethod
    def this(cls) -> Owner:
        """This process."""
        pid = os.getpid()
        return cls(_place(), pid, _started(pid) or "")

    @property
    def here(self) -> bool:
        """Whether it is on this machine, in this space of process numbers: only then is `alive` known."""
        return self.place == _place()

    @property
    def alive(self) -> bool:
        """Whether a process `here` still runs."""
        return _started(self.pid) == self.started


def _place() -> str:
    """The machine, and on it the space that process numbers are counted in: containers have their own."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{socket.gethostname()} {space}".strip()


def _started(pid: int) -> str | None:
    """When a process began, in whatever the system counts; None if there is none or it is only not yet buried."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return None if state in "ZX" else fields[18]
    except FileNotFoundError:
        return None if Path("/proc/self").exists() else _exists(pid)


def _exists(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return ""
