"""How many nodes go into one Ray task."""

from __future__ import annotations

TASK_SECONDS = 0.25
"""What a task should last at least, so that Ray's own cost per task (about 0.5 ms) does not count."""

LARGEST = 100
"""Most nodes in a task, so that what a dead worker takes along stays small."""


class TaskSizer:
    """Learns how long nodes take. Training nodes take longer than a task should last and go one by one."""

    def __init__(self) -> None:
        self.alone = False
        """Set after a worker's death: from then on each node goes alone, so that its killer shows."""
        self._seconds: float | None = None

    def learn(self, seconds: float) -> None:
        """A node took so long. Slow to believe that nodes are fast, quick to believe that they are slow."""
        known = seconds if self._seconds is None else self._seconds
        self._seconds = max(seconds, (known + seconds) / 2)

    def size(self, ready: int, slots: int) -> int:
        """Nodes for the next task: never so many that another slot would stay empty."""
        if self.alone or self._seconds is None:
            return 1
        fits = int(TASK_SECONDS / max(self._seconds, 1e-6))
        return max(1, min(fits, ready // (2 * slots), LARGEST))

    def tasks(self, slots: int) -> int:
        """Tasks under way at once: one per slot, or two where a worker would wait for the driver."""
        fast = self._seconds is not None and self._seconds < TASK_SECONDS / 2
        return 2 * slots if fast else slots
