"""Tasks done by processes that can be killed, one limit each.

The limit is processor time, so that a score does not hang on what else the machine does; `worker.wall` is a backstop
for what waits without working. One process does a group's tasks one after the other; more are started only where
one task keeps it busy, so that easy groups cost one process and hard ones are done side by side.

Not by pebble's ProcessPool: its limits are wall-clock time, and its processes are multiprocessing's, which either
fork (unsafe beside torch's threads) or run the program's main module again (Ray's worker, a user's script).
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from domains.apart.printed import Printed
from domains.apart.worker import Service, Worker

PATIENCE = 0.2
"""Seconds for which one task keeps all processes busy before another one is started."""
TRIES = 2
"""Processes that a task may take down with it before it is blamed: the first may have died of something else."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task: a value, or it was stopped, or it failed, or took its process with it."""

    value: Any = None
    stopped: bool = False
    failure: str | None = None
    """What it raised, or why no process could begin with it; one line."""
    died: str | None = None
    """What ended the process while it was at this task, twice: a crash, or too little memory."""


class ServicePool:
    """Up to `most` processes for one service. They live until the program ends, or until one of them is stopped."""

    def __init__(self, service: Service, most: int) -> None:
        self._service, self._most = service, most
        self._workers: list[Worker] = []
        self._lock = Lock()
        self._printed = Printed(service.name)

    def run(self, tasks: Sequence[object], limit: float) -> list[Outcome]:
        """One outcome a task, in their order; `limit` is seconds of processor time for each of them."""
        with self._lock:
            try:
                return _Round(self, self._service, self._most, tasks, limit).outcomes()
            except BaseException:
                # Whoever is at work would answer to the next round.
                self.close()
                raise

    @property
    def workers(self) -> list[Worker]:
        """The processes that are there."""
        return self._workers

    @property
    def printed(self) -> Printed:
        """Where the prints of all of them go."""
        return self._printed

    def close(self) -> None:
        """End all processes."""
        while self._workers:
            self._workers.pop().end()


class _Round:
    """One call of `Pool.run`."""

    def __init__(self, pool: ServicePool, service: Service, most: int, tasks: Sequence[object], limit: float) -> None:
        self.workers, self.service, self.most = pool.workers, service, most
        self.tasks, self.limit, self.printed = tasks, limit, pool.printed
        self.waiting = deque(range(len(tasks)))
        self.done: dict[int, Outcome] = {}
        self.deaths: Counter[int] = Counter()

    def outcomes(self) -> list[Outcome]:
        while len(self.done) < len(self.tasks):
            self._hand_out()
            for worker in self._heard():
                self._take(worker)
            for worker in [worker for worker in self.workers if _is_late(worker)]:
                self._lose(worker, late=True)
        return [self.done[number] for number in range(len(self.tasks))]

    def _hand_out(self) -> None:
        for worker in self.workers:
            if self.waiting and worker.idle:
                number = self.waiting.popleft()
                worker.give(number, self.tasks[number], self.limit)
        if self._short():
            self.workers.append(Worker(self.service, self.printed))

    def _short(self) -> bool:
        """Whether another process is needed."""
        if not self.waiting or len(self.workers) >= self.most or any(not worker.ready for worker in self.workers):
            return False
        now = time.monotonic()
        return all(now - worker.since >= PATIENCE for worker in self.workers)

    def _heard(self) -> list[Worker]:
        """Those with an answer; waits for one, for a deadline, or until another process may be needed."""
        soonest = min(worker.deadline for worker in self.workers if not worker.idle) - time.monotonic()
        patience = PATIENCE if self.waiting and len(self.workers) < self.most else soonest
        poll = select.poll()
        for worker in self.workers:
            poll.register(worker, select.POLLIN)
        found = {descriptor for descriptor, _ in poll.poll(max(1.0, 1000 * min(soonest, patience)))}
        return [worker for worker in self.workers if worker.fileno() in found]

    def _take(self, worker: Worker) -> None:
        answer = worker.answer()
        if answer is None:
            self._lose(worker)
        elif not worker.ready:
            worker.ready = "failure" not in answer
            if not worker.ready:
                self._fail_all(worker, answer["failure"])
        elif worker.task is not None:
            self.done[worker.task] = Outcome(answer.get("value"), failure=answer.get("failure"))
            worker.task = None

    def _lose(self, worker: Worker, *, late: bool = False) -> None:
        """The process has ended, or is ended here because it is late."""
        number = worker.task
        self.workers.remove(worker)
        status = worker.end()
        if not worker.ready:
            self._fail_all(worker, "its process was not ready in time" if late else _cause(status))
        elif number is not None:
            self.deaths[number] += 1
            if late or status == -signal.SIGPROF:
                self.done[number] = Outcome(stopped=True)
            elif self.deaths[number] >= TRIES:
                self.done[number] = Outcome(died=_cause(status))
            else:
                self.waiting.appendleft(number)

    def _fail_all(self, worker: Worker, failure: str) -> None:
        if worker in self.workers:
            self.workers.remove(worker)
            worker.end()
        if any(other.ready for other in self.workers):
            # One more could not start; those that work go on.
            return
        for number in self.waiting:
            self.done[number] = Outcome(failure=failure)
        self.waiting.clear()


def _is_late(worker: Worker) -> bool:
    return not worker.idle and time.monotonic() > worker.deadline


def _cause(status: int) -> str:
    return (
        f"its process was ended by {signal.Signals(-status).name}" if status < 0 else f"its process exited ({status})"
    )


_pools: dict[tuple[int, Service], ServicePool] = {}


def pool_of(service: Service, most: int = 1) -> ServicePool:
    """The one pool of this process for a service, shared by all who ask; its processes start when there is work."""
    # A fork's pools would speak over its parent's sockets.
    return _pools.setdefault((os.getpid(), service), ServicePool(service, most))


@atexit.register
def _close() -> None:
    for (owner, _), pool in _pools.items():
        if owner == os.getpid():
            pool.close()
