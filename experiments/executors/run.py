"""One run of one tree, as every executor sees it: what to start next, and what follows from how it ended."""

from __future__ import annotations

from curricula.schema import Resources
from experiments.executors.base import Outcome, State, Watch, Work
from experiments.executors.frontier import Frontier
from experiments.record import Failure
from experiments.setup import Setup
from experiments.store import Store
from experiments.tree import StageNode, StageTree


class Run:
    """Keeps states and causes, never records: the driver's memory does not grow with what nodes leave."""

    def __init__(self, tree: StageTree, setup: Setup, store: Store, resources: Resources, watch: Watch) -> None:
        self._tree, self._setup, self._store = tree, setup, store
        self._resources, self._watch = resources, watch
        self._causes: dict[str, str] = {}
        finished = store.finished(tree.nodes)
        self._frontier = Frontier(tree, finished)
        for node in tree.nodes:
            if node.id in finished:
                watch(node, "done")

    @property
    def ready(self) -> int:
        """How many nodes could start now."""
        return self._frontier.ready

    def take(self) -> StageNode | None:
        """The next node to start; None if none is ready."""
        node = self._frontier.take()
        if node is not None:
            self._watch(node, "running")
        return node

    def work(self, node: StageNode) -> Work:
        """What its worker needs."""
        parent = self._tree.by_id[node.parent] if node.parent is not None else None
        return Work(node, parent, self._setup, self._store.url, self._resources)

    def beat(self, node: StageNode) -> None:
        """A node is still running."""
        self._watch(node, "running")

    def give_back(self, node: StageNode) -> None:
        """A node is to start again."""
        self._frontier.give_back(node)
        self._watch(node, "waiting")

    def settle(self, node: StageNode, failure: Failure | None) -> None:
        """A node ended. Its failure is noted in the store and blocks its descendants."""
        if failure is None:
            self._frontier.finish(node)
            self._watch(node, "done")
            return
        self._store.fail(node, self._setup, failure)
        self._causes[node.id] = f"{failure.boundary}: {failure.cause}"
        blocked = self._frontier.fail(node)
        states: list[tuple[StageNode, State]] = [(node, "failed"), *((child, "blocked") for child in blocked)]
        for each, state in states:
            self._watch(each, state)

    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome(dict(self._frontier.states), dict(self._causes))
