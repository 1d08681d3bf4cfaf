"""How long a tree still takes, by what its nodes are expected to take and how many workers there are."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from experiments.nodes.tree import StageNode
from experiments.run.experience import Expected, Experience
from experiments.store import Progress

WITHIN = 1.28
"""Standard errors of a range that should hold four times in five where stages' times are independent; where load lasts
it holds less often."""
LEAST = 0.1
"""Share of what is expected that is left of something that should have ended by now."""
SHARE = 50
"""It is reckoned anew when one in so many of the nodes that were left has ended or joined: so a line of a log costs as
much in a tree of ten thousand nodes as in one of fifty, where each is reckoned."""
FRESH_SECONDS = 5.0
"""And after so long in any case."""


@dataclass(frozen=True)
class Range:
    """Seconds, from and to."""

    low: float
    high: float


class Countdown:
    """What is left of a tree, as often as somebody asks."""

    def __init__(self) -> None:
        self._said: Range | None = None
        self._at = -math.inf
        self._due = 0

    def __call__(self, now: float, changes: int, todo: int, reckon: Callable[[], Range | None]) -> Range | None:
        """At `now` (seconds), after so many `changes` of the tree, with so many nodes `todo`.

        `reckon` is asked where enough has changed; else it is what was said last, less the time since.
        """
        if changes >= self._due or now - self._at >= FRESH_SECONDS:
            self._said, self._at, self._due = reckon(), now, changes + todo // SHARE
        if self._said is None:
            return None
        passed = now - self._at
        low, high = (max(LEAST * end, end - passed) for end in (self._said.low, self._said.high))
        return Range(low, high)


def left(
    nodes: Sequence[StageNode],
    known: Experience,
    trained: Set[str],
    running: Mapping[str, Progress | None],
    elapsed: Mapping[str, float],
    slots: int,
) -> Range | None:
    """Until `nodes` are done on `slots` workers, four times in five; None before anything tells.

    `trained`: ids of those whose weights are there; `running`: id → how far those are that run; `elapsed`: id → seconds
    that they run. Parents that are not among `nodes` are done.
    """
    if not nodes:
        return None
    known = known.with_running(running, nodes)
    todo: dict[str, Expected] = {}
    for node in nodes:
        expected = known.expected(node, trained=node.id in trained)
        if expected is None:
            return None
        on_it = node.id in running
        todo[node.id] = _rest(expected, running.get(node.id), elapsed.get(node.id, 0.0)) if on_it else expected
    middle = makespan(nodes, todo, frozenset(running), slots)
    # What is believed of all at once is off alike for all; what each node adds of its own evens out.
    off = known.spread * math.sqrt(1 / max(1.0, known.seen.measuring.weight) + 1 / len(nodes))
    return Range(middle / math.exp(WITHIN * off), middle * math.exp(WITHIN * off))


def makespan(nodes: Sequence[StageNode], todo: Mapping[str, Expected], running: Set[str], slots: int) -> float:
    """Seconds until all are done, each started on the first free worker once its parents are trained."""
    order = {node.id: (node.id not in running, at) for at, node in enumerate(nodes)}
    waits = {node.id: sum(parent in order for parent in node.parents) for node in nodes}
    children: dict[str, list[str]] = {}
    for node in nodes:
        for parent in node.parents:
            children.setdefault(parent, []).append(node.id)
    ready = [(0.0, order[key], key) for key, count in waits.items() if not count]
    heapq.heapify(ready)
    free, end = [0.0] * max(1, slots), 0.0
    while ready:
        since, _, key = heapq.heappop(ready)
        start = max(since, heapq.heappop(free))
        end = max(end, start + todo[key].whole)
        heapq.heappush(free, start + todo[key].whole)
        for child in children.get(key, ()):
            waits[child] -= 1
            if not waits[child]:
                heapq.heappush(ready, (start + todo[key].training, order[child], child))
    return end


def _rest(expected: Expected, progress: Progress | None, elapsed: float) -> Expected:
    """What is left of a node that runs for `elapsed` seconds."""
    if progress is None:
        return Expected(max(LEAST * expected.training, expected.training - elapsed), expected.measuring)
    if progress.step < progress.steps:
        return Expected(expected.training * (1 - progress.step / progress.steps), expected.measuring)
    return Expected(0.0, max(LEAST * expected.measuring, expected.measuring - max(0.0, elapsed - progress.seconds)))
