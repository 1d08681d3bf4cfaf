"""One process apart, as its owner sees it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domains.apart.printed import Printed

CHILD = Path(__file__).with_name("child.py")
PYTHON = (sys.executable, "-P", "-W", "ignore")
START = 300.0
"""Seconds of wall-clock time within which a process must be ready: it may read a model or a long word list."""
LAST = 0.5
"""Seconds that are waited for the last prints of a process that has ended."""


def wall(limit: float) -> float:
    """Seconds of wall-clock time after which a task is given up that uses no processor time, e.g. one that sleeps.

    So generous that a task that works is stopped by its processor time first, unless a machine gives it less than a
    tenth of one core.
    """
    return 30.0 + 10.0 * limit


@dataclass(frozen=True, slots=True)
class Service:
    """What a process does: `serve(setup)`, see child.py."""

    serve: Callable[[Any], Callable[[Any], Callable[[], Any]]]
    """A function at a module's top level, which the process imports by name."""
    setup: str = "null"
    """JSON text."""
    memory: int | None = None
    """Bytes of address space; None: as many as there are."""
    name: str = "a reward"
    """What its prints are shown after."""


class Worker:
    """A process that does one task at a time. Nothing here waits, except for a process that was killed to end."""

    def __init__(self, service: Service, printed: Printed) -> None:
        self._folder = tempfile.mkdtemp(prefix="stagewise-")
        self._ours, theirs = socket.socketpair()
        with theirs:
            # Neither a fork (unsafe beside torch's threads) nor multiprocessing's spawn, which runs the main module.
            self._process = subprocess.Popen(
                [*PYTHON, str(CHILD), str(theirs.fileno()), str(os.getpid()), self._folder],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # What a scorer makes of a set's order must not differ from run to run.
                env={**os.environ, "PYTHONHASHSEED": "0", "TMPDIR": self._folder},
            )
        assert self._process.stdout is not None
        self._heard = printed.hear(self._process.stdout)
        self._lines = self._ours.makefile("rwb")
        self.ready = False
        """Whether it has said that it can take tasks."""
        self.task: int | None = None
        """The number of the task that it works on."""
        self.since = time.monotonic()
        self.deadline = self.since + START
        hello = {
            "path": sys.path,
            "module": service.serve.__module__,
            "function": service.serve.__name__,
            "setup": json.loads(service.setup),
            "memory": service.memory,
        }
        self._send(hello)

    def fileno(self) -> int:
        """For `select`: readable when there is an answer, or an end."""
        return self._ours.fileno()

    @property
    def idle(self) -> bool:
        """Whether it waits for a task."""
        return self.ready and self.task is None

    def give(self, number: int, task: object, limit: float) -> None:
        """Let it begin a task."""
        self.task, self.since = number, time.monotonic()
        self.deadline = self.since + wall(limit)
        self._send({"task": task, "limit": limit})

    def answer(self) -> dict[str, Any] | None:
        """The answer that is there; None where the process has ended instead."""
        try:
            line = self._lines.readline()
        except OSError:
            return None
        return json.loads(line) if line.endswith(b"\n") else None

    def end(self) -> int:
        """Kill it with all that it has started; its exit status, negative for a signal."""
        # One that has ended by itself keeps its own status.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        # What it printed last is on its way; what has escaped it may hold the pipe open for ever.
        self._heard.join(LAST)
        with suppress(OSError):
            self._lines.close()
        self._ours.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        return status

    def _send(self, message: dict[str, Any]) -> None:
        # Where it has ended, the reading side says so.
        with suppress(OSError):
            self._lines.write(json.dumps(message).encode() + b"\n")
            self._lines.flush()
