"""The other side of `worker.Worker`: a process that does one task after the other and can be killed at any moment.

Run as a script, with the standard library alone, so that it starts fast whatever the trainer has loaded. Lines of
JSON go over a socket of its own: stdout is stderr here, a pipe (see printed.py), and stdin is empty.

The first line says what to serve: ``{"path": …, "module": …, "function": …, "setup": …, "memory": …}``. That
function, called with the setup, gives ``prepare``; ``prepare(task)`` does what has no limit and gives what is then
called under the limit. Each further line, ``{"task": …, "limit": …}``, is answered by ``{"value": …}`` or
``{"failure": …}``.

The limit is processor time, of all threads of this process: the kernel counts it (ITIMER_PROF) and ends the process
by SIGPROF, also in the middle of a C function, and whatever Python code catches.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any


def main(descriptor: int, parent: int, folder: str) -> None:
    """Serve until the other side closes; `folder` is this process's own, and goes with it."""
    os.set_inheritable(descriptor, False)
    # What is printed before a process is killed has been printed.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    threading.Thread(target=_die_with, args=(parent, folder), daemon=True).start()
    try:
        _serve(descriptor)
    finally:
        _end(folder)


def _serve(descriptor: int) -> None:
    with socket.socket(fileno=descriptor) as ours, ours.makefile("rwb") as lines:

        def say(**answer: object) -> None:
            lines.write(json.dumps(answer).encode() + b"\n")
            lines.flush()

        try:
            prepare = _served(json.loads(lines.readline()))
        except BaseException as error:
            say(failure=_told(error))
            return
        say(value="ready")
        for line in lines:
            say(**_answer(prepare, **json.loads(line)))


def _served(what: dict[str, Any]) -> Callable[[Any], Callable[[], Any]]:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path[:] = what["path"]
    prepare = getattr(importlib.import_module(what["module"]), what["function"])(what["setup"])
    if what["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (what["memory"], what["memory"]))
    return prepare  # type: ignore[no-any-return]


def _answer(prepare: Callable[[Any], Callable[[], Any]], task: Any, limit: float) -> dict[str, Any]:
    try:
        work = prepare(task)
        signal.setitimer(signal.ITIMER_PROF, limit)
        return {"value": work()}
    except BaseException as error:
        return {"failure": _told(error)}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _told(error: BaseException) -> str:
    """One line; an exception that knows better than its type has it as `told`."""
    return getattr(error, "told", None) or f"{type(error).__name__}: {error}"


def _die_with(parent: int, folder: str) -> None:
    """Once the parent is gone, in whatever way that went, nothing here stays."""
    while os.getppid() == parent:
        time.sleep(1)
    _end(folder)


def _end(folder: str) -> None:
    """End this process and all that it has started. `folder` was named by the parent: looked for, it may be another."""
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
