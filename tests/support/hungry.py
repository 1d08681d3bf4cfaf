"""Stages that ask for more memory than they may have.

waits    holds still until it is killed, for half a minute
grows    asks for memory without end, where the kernel lets it have 256 MiB
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from experiments.executors.base import Work
from tests.support.nodes import arithmetic

ROOT = Path("/sys/fs/cgroup")
LIMIT = 256 * 2**20
STEP = 8 * 2**20


def hungry(work: Work) -> None:
    """A `run_node`."""
    match work.node.label:
        case "waits":
            time.sleep(30)
        case "grows":
            limit()
            held = []
            while True:
                held.append(bytes(os.urandom(1)) * STEP)
        case _:
            arithmetic(work)


def limit() -> None:
    """Move this process into a control group of little memory."""
    group = _groups() / f"stagewise-{uuid4().hex[:8]}"
    group.mkdir()
    for name in ("memory.limit_in_bytes", "memory.max"):
        if (group / name).exists():
            (group / name).write_text(str(LIMIT))
    (group / "cgroup.procs").write_text(str(os.getpid()))


def can_limit() -> bool:
    """Whether this machine lets us make such a group."""
    trial = _groups() / f"stagewise-{uuid4().hex[:8]}"
    try:
        trial.mkdir()
    except OSError:
        return False
    able = any((trial / name).exists() for name in ("memory.limit_in_bytes", "memory.max"))
    trial.rmdir()
    return able


def tidy() -> None:
    """Remove the groups that are left; a group goes once no process is in it."""
    for group in _groups().glob("stagewise-*"):
        with suppress(OSError):
            group.rmdir()


def _groups() -> Path:
    return ROOT / "memory" if (ROOT / "memory").is_dir() else ROOT
