"""One run of one tree, as every executor sees it: what to start next, and what follows from how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence, Set

from curricula.schema import Resources
from experiments.executors.base import Feed, Observer, Outcome, State, Work
from experiments.executors.frontier import Frontier
from experiments.nodes.record import Failure
from experiments.nodes.tree import StageNode, StageTree
from experiments.store import View
from experiments.store.locks import Locks

End = tuple[StageNode, State]
"""A node and how it ended."""


class Run:
    """Keeps states and failures, never records: the driver's memory does not grow with what nodes leave."""

    def __init__(
        self,
        tree: StageTree,
        view: View,
        resources: Resources,
        watch: Observer,
        feed: Feed | None = None,
        locks: Locks | None = None,
    ) -> None:
        """`locks`: those of the command, where others may work in the same store."""
        self._view, self._resources, self._locks = view, resources, locks
        self._elsewhere: dict[str, StageNode] = {}
        self._watch, self._feed = watch, feed
        self._nodes = dict(tree.by_id)
        self._failures: dict[str, Failure] = {}
        self._again: set[str] = set()
        finished = view.finished(tree.nodes)
        finished -= self._needed(tree.nodes, finished)
        self._frontier = Frontier(tree, finished, self._trained(tree.nodes))
        self._end((node, "done") for node in tree.nodes if node.id in finished)

    @property
    def ready(self) -> int:
        """How many nodes could start now."""
        return self._frontier.ready

    @property
    def elsewhere(self) -> bool:
        """Whether another command works on nodes of this run: `look` sees what became of them."""
        return bool(self._elsewhere)

    def take(self) -> StageNode | None:
        """The next node to start; None if none is ready that no other command works on."""
        while (node := self._frontier.take()) is not None:
            if self._locks is None or self._locks.take(node):
                self._watch(node, "running")
                return node
            self._elsewhere[node.id] = node
        return None

    def look(self) -> None:
        """What others finished is done here too; what they let go of unfinished is to start here."""
        assert self._locks is not None
        for node in list(self._elsewhere.values()):
            if self._locks.held(node):
                self._release(node)
                continue
            del self._elsewhere[node.id]
            if self._view.store.has(node, self._view.suite):
                self.settle(node, None)
            else:
                self.give_back(node)

    def work(self, node: StageNode) -> Work:
        """What its worker needs."""
        # A node that is only measured may have no parent here.
        parent = self._nodes.get(node.parent) if node.parent is not None else None
        return Work(node, parent, self._view.setup, self._view.store.url, self._resources)

    def beat(self, node: StageNode) -> None:
        """A node is still running; once its weights are there, its children need not wait for its measurement."""
        self._release(node)
        self._watch(node, "running")

    def give_back(self, node: StageNode) -> None:
        """A node is to start again."""
        self._drop(node)
        self._frontier.give_back(node)
        self._watch(node, "waiting")

    def settle(self, node: StageNode, failure: Failure | None) -> None:
        """A node ended. Its failure is noted in the store and, unless its weights are there, blocks its descendants."""
        self._drop(node)
        if failure is None:
            self._view.learn(node, measured=node.measured)
            self._frontier.finish(node)
            self._end([(node, "done")])
            return
        if self._view.store.has_weights(node):
            self._view.learn(node, measured=False)
            self._frontier.release(node)
        self._view.fail(node, failure)
        self._failures[node.id] = failure
        blocked = self._frontier.fail(node)
        self._end([(node, "failed"), *((child, "blocked") for child in blocked)])

    def _release(self, node: StageNode) -> None:
        if not self._view.has_weights(node) and self._view.store.shows_weights(node):
            self._view.learn(node, measured=False)
            self._frontier.release(node)

    def _drop(self, node: StageNode) -> None:
        if self._locks is not None:
            self._locks.drop(node)

    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome(dict(self._frontier.states), dict(self._failures))

    def _end(self, ends: Iterable[End]) -> None:
        """Tell of nodes that ended, and of those that joined because of that and are at their end too."""
        # A queue, not a recursion: thousands of stages that are in the store may follow one another.
        waiting = deque(ends)
        while waiting:
            node, state = waiting.popleft()
            self._watch(node, state)
            # A node that was trained again has been told of before.
            if self._feed is not None and node.id not in self._again:
                waiting += self._join(self._feed(node, state))

    def _join(self, nodes: Sequence[StageNode]) -> list[End]:
        """Let nodes into the run; those that are at their end already are returned."""
        new = {node.id: node for node in nodes if node.id not in self._nodes}
        finished = self._view.finished(new.values())
        self._nodes |= new
        needed = self._needed(new.values(), finished)
        finished -= needed
        # Parents first: what stands above is not there yet when a node asks whether it can start.
        for node in [node for node in self._nodes.values() if node.id in needed - set(new)]:
            self._again.add(node.id)
            self._frontier.reopen(node)
            self._watch(node, "waiting")
        trained = self._trained(new.values())
        blocked = {node.id for node in self._frontier.add(tuple(new.values()), finished, trained)}
        ends: list[End] = [(node, "done") for node in new.values() if node.id in finished]
        for node in new.values():
            if node.id in blocked:
                ends.append((node, "blocked"))
            elif node.id not in finished:
                self._watch(node, "waiting")
        return ends

    def _needed(self, nodes: Iterable[StageNode], finished: Set[str]) -> set[str]:
        """Ids of finished nodes of the run whose weights were pruned and which these nodes' training begins from."""
        found: set[str] = set()
        below = [node for node in nodes if node.id not in finished and not self._view.has_weights(node)]
        while below:
            node = below.pop()
            for parent in (self._nodes[name] for name in node.parents if name in self._nodes):
                if parent.id not in found and self._view.has(parent) and not self._view.has_weights(parent):
                    found.add(parent.id)
                    below.append(parent)
        return found

    def _trained(self, nodes: Iterable[StageNode]) -> set[str]:
        return {node.id for node in nodes if self._view.has_weights(node)}
