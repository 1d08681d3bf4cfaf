"""The first thing that every script does."""

from __future__ import annotations

import json
import os
import resource
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def begin() -> dict[str, Any]:
    """The job, read from the file descriptor that the first argument names; from here on limits hold.

    Hard limits: nothing in the sandbox may raise them. Standard error goes nowhere: nobody reads it.
    """
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        job: dict[str, Any] = json.load(file)
    limits = job["limits"]
    nowhere = os.open("/dev/null", os.O_RDWR)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    for name, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NOFILE, limits["files"]),
        (resource.RLIMIT_AS, limits["memory"]),
    ):
        resource.setrlimit(name, (most, most))
    # SIGXCPU, then SIGKILL for who ignores that.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    return job


def silence(*descriptors: int) -> None:
    """Put nothing in place of standard input and output."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
