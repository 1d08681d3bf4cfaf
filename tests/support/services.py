"""What processes apart do in tests; they import it by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def serve(setup: Any) -> Callable[[Any], Callable[[], Any]]:
    """Task: one word and what it needs."""
    if setup == "refuse":
        raise ValueError("not with me")
    return lambda task: lambda: WORK[task[0]](*task[1:])


def _busy(seconds: float) -> str:
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
    return "done"


def _stubborn() -> None:
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def _last(path: str) -> str:
    """Dies the first time that it is asked, and answers then."""
    if Path(path).exists():
        return "alive"
    Path(path).touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def _family(path: str) -> None:
    """Starts a process, writes down both and waits for ever."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    part = Path(f"{path}.part")
    part.write_text(f"{os.getpid()} {child.pid}")
    part.rename(path)
    time.sleep(600)


def _parent(path: str) -> str:
    """Starts a process, writes down both, and is done."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(path).write_text(f"{os.getpid()} {child.pid}")
    return "done"


WORK: dict[str, Callable[..., Any]] = {
    "parent": _parent,
    "echo": lambda value: value,
    "busy": _busy,
    "stubborn": _stubborn,
    "big": lambda: len(str(10 ** (10**9))),
    "bytes": lambda: len(bytearray(64 << 30)),
    "sleep": time.sleep,
    "die": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "leave": lambda: sys.exit(3),
    "last": _last,
    "family": _family,
    "pid": os.getpid,
    "raise": lambda: {}["no"],
    "print": lambda: print("{}\n" * 100) or "printed",
    "tell": lambda text, times: sys.stdout.write(text * times) and sys.stderr.write("err\n"),
    "hash": lambda: [hash("a"), sys.stdin.read(), os.environ["TMPDIR"]],
    "slow": lambda: (time.sleep(0.4), os.getpid())[1],
}
