"""Who is using a store: a file each, written anew while its writer lives, so that nobody prunes under a run."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from uuid import uuid4

from domains.errors import StoreError
from domains.frozen import Frozen
from experiments.store.files import Files

Use = Literal["run", "prune"]
FOLDER = "leases"
RENEWED = 60.0
"""Seconds after which a lease is written anew."""
STALE = 900.0
"""Seconds after which its writer is taken for dead; clocks of machines may differ by minutes."""


class Lease(Frozen):
    """One command that uses the store."""

    use: Use
    host: str
    pid: int
    at: float
    """When it was last written, seconds since 1970 by its writer's clock."""


@contextmanager
def using(files: Files, use: Use, *, unless: Use) -> Iterator[None]:
    """Say that the store is in use. Raises StoreError where another command has it for `unless`.

    Ours is written before others' are read, so of two that begin together at least one gives way.
    """
    name, stop = f"{FOLDER}/{uuid4().hex}.json", threading.Event()

    def write() -> None:
        lease = Lease(use=use, host=platform.node(), pid=os.getpid(), at=time.time())
        files.write(name, lease.model_dump_json())

    def renew() -> None:
        while not stop.wait(RENEWED):
            with suppress(Exception):
                write()

    write()
    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        for other in holders(files):
            if other.use == unless:
                rule = (
                    f"is in use: process {other.pid} on {other.host} {'runs stages' if unless == 'run' else 'prunes'}"
                )
                raise StoreError(rule, value=files.url, hint="Try again when it has ended.")
        yield
    finally:
        stop.set()
        thread.join()
        with suppress(Exception):
            files.remove(name)


def holders(files: Files) -> list[Lease]:
    """All leases that are not stale; unreadable ones are left out."""
    found = []
    for name in files.names(FOLDER):
        with suppress(ValueError):
            found.append(Lease.model_validate_json(files.read(f"{FOLDER}/{name}") or ""))
    return [lease for lease in found if time.time() - lease.at < STALE]
