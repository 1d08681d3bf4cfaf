"""What one command knows of a store: listed once, told of what finishes, every record read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from experiments.measures.suite import suite_of
from experiments.nodes.record import Failure, Record
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode
from experiments.store.store import Store

KEPT = 4096
"""Records in memory; beyond, those that were not asked for longest are read again."""


class View:
    """The nodes of one setup in one store. What another process finishes meanwhile may show only later.

    That costs nothing but a look: a worker that is handed a finished node sees so and does nothing.
    """

    def __init__(self, store: Store, setup: Setup) -> None:
        self.store, self.setup = store, setup
        self.suite = suite_of(setup).id
        self._trained: set[str] | None = None
        self._freed: set[str] | None = None
        self._measured: set[str] | None = None
        self._records: OrderedDict[tuple[str, bool], Record] = OrderedDict()
        self._failures: dict[str, Failure] = {}

    @property
    def trained(self) -> set[str]:
        """Slugs of the nodes whose weights are there."""
        if self._trained is None:
            self._trained = self.store.trained()
        return self._trained

    @property
    def freed(self) -> set[str]:
        """Slugs of the nodes whose weights were pruned once."""
        if self._freed is None:
            self._freed = self.store.freed()
        return self._freed

    @property
    def measured(self) -> set[str]:
        """Slugs of the nodes that were measured; their weights may have been removed since."""
        if self._measured is None:
            self._measured = self.store.measured(self.suite)
        return self._measured

    def has_weights(self, node: StageNode) -> bool:
        """Whether a node's weights are there."""
        return node.slug in self.trained

    def has(self, node: StageNode) -> bool:
        """Whether a node is trained and, where it is to be, measured. Its weights may have been pruned since."""
        return (node.slug in self.trained or node.slug in self.freed) and (
            not node.measured or node.slug in self.measured
        )

    def finished(self, nodes: Iterable[StageNode]) -> set[str]:
        """Ids of those nodes that are trained and measured."""
        return {node.id for node in nodes if self.has(node)}

    def learn(self, node: StageNode, *, measured: bool) -> None:
        """A node was trained just now, and perhaps measured."""
        self.trained.add(node.slug)
        if measured:
            self.measured.add(node.slug)

    def record(self, node: StageNode) -> Record:
        """The record of a finished node. Raises StoreError where there is none or it is garbled."""
        key = (node.id, node.measured)
        if key not in self._records:
            self._records[key] = self.store.record(node, self.suite)
            if len(self._records) > KEPT:
                self._records.popitem(last=False)
        self._records.move_to_end(key)
        return self._records[key]

    def fail(self, node: StageNode, failure: Failure) -> None:
        """An attempt failed just now. It is noted in the store, and known here where that cannot be written."""
        self._failures[node.id] = failure
        self.store.fail(node, self.setup, self.suite, failure)

    def failure(self, node: StageNode) -> Failure | None:
        """Why a node's last attempt failed, unless it has finished."""
        if self.has(node):
            return None
        return self._failures.get(node.id) or self.store.failure(node, self.suite)
