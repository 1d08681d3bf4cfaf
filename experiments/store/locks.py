"""Who works on which node: a file in the node's folder that names a lease, so that commands train nothing twice.

A lock is on one node, written once, and rests on its command's lease, which is renewed while the command lives. It
holds while that does. It is taken over when the lease is gone, when its process is (on the same machine), or when the
lease was not renewed for `SILENT` seconds by the watcher's own clock. Should a holder that was silent go on all the
same, both train, and of their equal records the first wins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from domains.errors import StoreError
from domains.frozen import Frozen
from experiments.nodes.tree import StageNode
from experiments.store.files import Files
from experiments.store.layout import of_node
from experiments.store.lease import RENEWED, read_lease, using

PREFIX = "claim-"
"""Of the files' names, which are older than the word."""
SILENT = 3 * RENEWED


class Lock(Frozen):
    """One command's lock on a node."""

    lease: str


class Locks:
    """The locks of one command. Takeovers are numbered: each lock is a file that is created once, so that of several
    who take over one lock a single one succeeds."""

    def __init__(self, files: Files, lease: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._files, self._lease, self._clock = files, lease, clock
        self._mine: dict[str, int] = {}
        self._seen: dict[str, tuple[float, float]] = {}
        """Lease → when it was renewed, by its writer, and since when it says so, by us."""

    def take(self, node: StageNode) -> bool:
        """Whether the node is ours now; False where another living command has it.

        Where locks cannot be written it is ours too: what comes of it cannot be written either, and that is told of.
        """
        number = 1
        with suppress(StoreError):
            # Nearly always nobody has it, and then one file is all that it takes.
            lock = Lock(lease=self._lease).model_dump_json()
            while not self._files.create(self._file(node, number), lock, durable=False):
                latest = self._latest(node)
                if self._holds(node, latest):
                    return False
                number = latest + 1
        self._mine[node.id] = number
        return True

    def held(self, node: StageNode) -> bool:
        """Whether another living command has the node."""
        latest = self._latest(node)
        return latest > 0 and self._holds(node, latest)

    def drop(self, node: StageNode) -> None:
        """The node is nobody's any more, where it was ours. What cannot be removed goes with our lease."""
        last = self._mine.pop(node.id, 0)
        # Ours goes last: while it is there, what it took over from counts for nothing.
        for number in range(1, last + 1):
            # Its node has ended, well or badly, and that is what must be told.
            with suppress(Exception):
                self._files.remove(self._file(node, number))

    def _file(self, node: StageNode, number: int) -> str:
        return of_node(node, f"{PREFIX}{number}.json")

    def _latest(self, node: StageNode) -> int:
        names = self._files.names(f"nodes/{node.slug}")
        numbers = [name.removeprefix(PREFIX).removesuffix(".json") for name in names if name.startswith(PREFIX)]
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def _holds(self, node: StageNode, number: int) -> bool:
        """Whether the lock of this number is there and another command's that lives.

        One of our own is only met where a write that we took for lost arrived after all: nobody else lets go of it.
        """
        with suppress(ValueError):
            lock = Lock.model_validate_json(self._files.read(self._file(node, number)) or "")
            return lock.lease != self._lease and self._lives(lock.lease)
        return False

    def _lives(self, lease: str) -> bool:
        found = read_lease(self._files, lease)
        if found is None or found.dead:
            return False
        now = self._clock()
        at, since = self._seen.get(lease, (found.at, now))
        self._seen[lease] = (found.at, now if found.at != at else since)
        return now - self._seen[lease][1] < SILENT


@contextmanager
def locking(files: Files) -> Iterator[Locks]:
    """Locks of a command that runs stages, under a lease of their own. Raises StoreError while somebody prunes."""
    with using(files, "run", unless="prune") as lease:
        yield Locks(files, lease)
