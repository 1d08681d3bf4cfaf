"""Processes that begin with all that pytest has loaded, where new ones would load torch, Optuna or Ray for seconds.

They are forks of a copy of pytest that is made before the first test and runs none. A fork of pytest itself would have
what tests left in it, such as Ray's client without its threads.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, NoReturn

from tests.support.paths import ROOT

NUMBER = struct.Struct("q")
"""A process id or an exit code."""

_to_copy: list[socket.socket] = []
"""The way to it, while there is one."""


class Warm:
    """A process in a session of its own, with as much of `subprocess.Popen` as tests need; it speaks into a file."""

    def __init__(self, line: socket.socket, output: IO[bytes]) -> None:
        self._line, self._output, self._said = line, output, ""
        self.returncode: int | None = None
        self.pid = _told(line)

    @property
    def said(self) -> str:
        """What it has printed so far."""
        if self.returncode is None:
            # Not by `read`: the place in the file is the process's own.
            self._said = os.pread(self._output.fileno(), 2**24, 0).decode()
        return self._said

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0, self.said)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait for its end; what it said."""
        self.wait(timeout)
        return self.said, None

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """By SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._line], [], [], seconds)[0]:
            code, _ = _told(self._line), self.said
            self.returncode = code
            self._line.close()
            self._output.close()
        return self.returncode


def start(environment: Mapping[str, str], run: Callable[..., object], *arguments: object) -> Warm:
    """Call `run`, which is sent by its name, in a process with these variables, in the folder of this checkout."""
    mine, its = socket.socketpair()
    output = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process is asked
    socket.send_fds(_to_copy[0], [b"."], [its.fileno(), output.fileno()])
    its.close()
    mine.sendall(pickle.dumps((dict(environment), run, arguments)))
    return Warm(mine, output)


@contextmanager
def copied() -> Iterator[None]:
    """Within, `start` begins from what this process is now."""
    mine, its = socket.socketpair()
    if os.fork() == 0:
        mine.close()
        _fork_when_asked(its)
    its.close()
    with mine:
        _to_copy.append(mine)
        yield
        _to_copy.clear()


def _told(line: socket.socket) -> int:
    (number,) = NUMBER.unpack(line.recv(NUMBER.size))
    return int(number)


def _fork_when_asked(line: socket.socket) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Keepers are waited for by nobody.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        asked, files, *_ = socket.recv_fds(line, 1, 2)
        if not asked:
            os._exit(0)
        if os.fork() == 0:
            line.close()
            _keep(socket.socket(fileno=files[0]), files[1])
        for file in files:
            os.close(file)


def _keep(line: socket.socket, output: int) -> NoReturn:
    """Start what is asked for, and say its process id and then how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with line.makefile("rb") as asked:
        environment, run, arguments = pickle.load(asked)
    child = os.fork()
    if child == 0:
        line.close()
        _be(output, environment, run, arguments)
    line.sendall(NUMBER.pack(child))
    line.sendall(NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
    os._exit(0)


def _be(output: int, environment: dict[str, str], run: Callable[..., object], arguments: tuple[Any, ...]) -> NoReturn:
    """As an interpreter does it: 0 at the end, what `SystemExit` says, 1 with a traceback."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    os.chdir(ROOT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    os.environ.clear()
    os.environ.update(environment)
    code = 0
    try:
        run(*arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
