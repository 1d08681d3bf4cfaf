"""Who is using a store: a file each, written anew while its writer lives, so that nobody prunes under a run."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from uuid import uuid4

from domains.errors import StoreError
from domains.frozen import Frozen
from experiments.store.files import Files
from experiments.store.owner import Owner
from experiments.store.pulse import pulse

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
    place: str = ""
    """The machine and its process space, by which a process on the same one can be looked up; "" in older leases."""
    started: str = ""
    """When the process began, in whatever its system counts."""

    @property
    def dead(self) -> bool:
        """Whether its process is known to be gone; of another machine's nothing is known."""
        owner = Owner(self.place, self.pid, self.started)
        return bool(self.place) and owner.here and not owner.alive


@contextmanager
def using(files: Files, use: Use, *, unless: Use) -> Iterator[str]:
    """Say that the store is in use, by a lease of this name. Raises StoreError where another command has it for
    `unless`.

    Ours is written before others' are read, so of two that begin together at least one gives way.
    """
    lease, owner = uuid4().hex, Owner.this()
    name = file_of(lease)

    def write() -> None:
        mine = Lease(
            use=use, host=platform.node(), pid=owner.pid, at=time.time(), place=owner.place, started=owner.started
        )
        files.write(name, mine.model_dump_json())

    def renew() -> None:
        # Tried again at the next turn, several of which a lease lasts.
        with suppress(Exception):
            write()

    write()
    try:
        with pulse(renew, RENEWED):
            for other in holders(files):
                if other.use == unless:
                    does = "runs stages" if unless == "run" else "prunes"
                    rule = f"is in use: process {other.pid} on {other.host} {does}"
                    raise StoreError(rule, value=files.url, hint="Try again when it has ended.")
            yield lease
    finally:
        # One that stays ends by itself; why must not hide why we stop.
        with suppress(Exception):
            files.remove(name)


def file_of(lease: str) -> str:
    """The file of the lease of this name."""
    return f"{FOLDER}/{lease}.json"


def read_lease(files: Files, lease: str) -> Lease | None:
    """The lease of this name; None where it is gone or cannot be understood."""
    with suppress(ValueError):
        return Lease.model_validate_json(files.read(file_of(lease)) or "")
    return None


def holders(files: Files) -> list[Lease]:
    """All leases that are not stale; unreadable ones are left out."""
    found = [read_lease(files, name.removesuffix(".json")) for name in files.names(FOLDER)]
    return [lease for lease in found if lease is not None and time.time() - lease.at < STALE]
