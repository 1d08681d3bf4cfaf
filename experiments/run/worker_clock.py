"""How much of a worker's time a running node has had."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class WorkerClock:
    """Goes like any clock while each running node has a worker, and slower where more are under way than workers.

    A Ray task may hold a hundred quick nodes, and further tasks wait in front of a worker. All of them count as running
    since they were handed over, and end at the same moment: by a clock on the wall each took as long as all of them.
    """

    slots: int
    """Workers."""
    running: int = 0
    at: float = 0.0
    passed: float = 0.0

    def seconds(self, now: float) -> float:
        """What this clock shows at `now`, seconds on the wall."""
        return self.passed + (now - self.at) * min(1.0, max(1, self.slots) / max(1, self.running))

    def turn(self, now: float, running: int) -> None:
        """From `now` on so many nodes run."""
        self.passed, self.at, self.running = self.seconds(now), now, running
