"""Which nodes of a tree can run now, and which of them is the most urgent."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence, Set

from experiments.executors.base import State
from experiments.nodes.tree import StageNode, StageTree


class Frontier:
    """The states of a tree's nodes; the longest chain goes first.

    A node is ready when its parents' weights are there, or its own, so that it only needs to be measured.
    """

    def __init__(self, tree: StageTree, finished: Set[str], trained: Set[str] = frozenset()) -> None:
        self.states: dict[str, State] = {}
        self._trained: set[str] = set()
        self._children: dict[str, list[StageNode]] = defaultdict(list)
        self._remaining: dict[str, int] = {}
        self._ready: list[tuple[int, int, StageNode]] = []
        self._pushed = 0
        self.add(tree.nodes, finished, trained)

    @property
    def ready(self) -> int:
        """How many nodes could start now."""
        return len(self._ready)

    def add(self, nodes: Sequence[StageNode], finished: Set[str], trained: Set[str] = frozenset()) -> list[StageNode]:
        """New nodes join, parents first; below a failed node they are blocked, and returned.

        `finished` are trained and measured, `trained` at least the former; their parents need not be here.
        How urgent a node is follows from the nodes that join with it; those that are here already keep their place.
        """
        self._trained |= (finished | trained) & {node.id for node in nodes}
        self._remaining |= _remaining_steps(nodes, self._trained)
        blocked = []
        for node in nodes:
            if node.id not in self._trained and any(parent not in self.states for parent in node.parents):
                raise ValueError(f"node {node.slug} stands before its parent")
            self.states[node.id] = self._state(node, finished)
            for parent in node.parents:
                self._children[parent].append(node)
            if self.states[node.id] == "blocked":
                blocked.append(node)
            elif self.states[node.id] == "waiting" and self._can_start(node):
                self._push(node)
        return blocked

    def take(self) -> StageNode | None:
        """The most urgent ready node, now running; None if no node is ready."""
        if not self._ready:
            return None
        node = heapq.heappop(self._ready)[2]
        self.states[node.id] = "running"
        return node

    def give_back(self, node: StageNode) -> None:
        """A running node is to start again."""
        self.states[node.id] = "waiting"
        self._push(node)

    def release(self, node: StageNode) -> None:
        """A node's weights are there: its waiting children are ready, whatever becomes of its measurement."""
        if node.id in self._trained:
            return
        self._trained.add(node.id)
        for child in self._children[node.id]:
            if self.states[child.id] == "waiting" and child.id not in self._trained and self._can_start(child):
                self._push(child)

    def reopen(self, node: StageNode) -> None:
        """A done node is to be trained again: its weights were pruned, and a node that joined needs them."""
        self._trained.discard(node.id)
        self.states[node.id] = "waiting"
        if self._can_start(node):
            self._push(node)

    def finish(self, node: StageNode) -> None:
        """A node is trained and measured."""
        self.states[node.id] = "done"
        self.release(node)

    def fail(self, node: StageNode) -> list[StageNode]:
        """A node failed: unless its weights are there, those of its descendants that wait are blocked, and returned."""
        self.states[node.id] = "failed"
        blocked: list[StageNode] = []
        if node.id in self._trained:
            return blocked
        below = list(self._children[node.id])
        while below:
            child = below.pop()
            if self.states[child.id] == "waiting" and child.id not in self._trained:
                self.states[child.id] = "blocked"
                blocked.append(child)
                below += self._children[child.id]
        return blocked

    def _state(self, node: StageNode, finished: Set[str]) -> State:
        """Weights count, whatever became of the parent."""
        if node.id in finished:
            return "done"
        if self._can_start(node):
            return "waiting"
        # A parent whose weights are there blocks nothing, whatever became of its measurement.
        missing = [self.states[parent] for parent in node.parents if parent not in self._trained]
        return "blocked" if {"failed", "blocked"} & set(missing) else "waiting"

    def _can_start(self, node: StageNode) -> bool:
        return node.id in self._trained or all(parent in self._trained for parent in node.parents)

    def _push(self, node: StageNode) -> None:
        # The counter keeps the tree's order among equals, and nodes from being compared.
        self._pushed += 1
        heapq.heappush(self._ready, (-self._remaining[node.id], self._pushed, node))


def _remaining_steps(nodes: Sequence[StageNode], trained: Set[str]) -> dict[str, int]:
    """Steps from a node to the end of its longest chain among `nodes`, the node's own included where it is to train."""
    own = {node.id: 0 if node.id in trained else _steps(node) for node in nodes}
    remaining = dict(own)
    for node in reversed(nodes):
        for parent in node.parents:
            if parent in own:
                remaining[parent] = max(remaining[parent], own[parent] + remaining[node.id])
    return remaining


def _steps(node: StageNode) -> int:
    return node.stage.training.steps if node.stage else 0
