"""What every executor does: train and measure the nodes of a tree, parents first, each at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from curricula.schema import Resources
from experiments.nodes.record import Failure
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, StageTree

State = Literal["waiting", "running", "done", "failed", "blocked"]


@dataclass(frozen=True)
class Work:
    """Everything a worker needs to run one node; picklable, and free of handles."""

    node: StageNode
    parent: StageNode | None
    setup: Setup
    store: str
    """URL of the store."""
    resources: Resources


RunNode = Callable[[Work], None]
"""Trains one node, unless it is trained, and measures it; raises StageError on failure. A top-level function."""


@dataclass(frozen=True)
class Outcome:
    """How a tree ended: node id → state, and node id → why it failed."""

    states: Mapping[str, State]
    failures: Mapping[str, Failure] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every node is done."""
        return all(state == "done" for state in self.states.values())


Observer = Callable[[StageNode, State], None]
"""Called in the driver on each change of a node's state, and with `running` for each heartbeat."""

Feed = Callable[[StageNode, State], Sequence[StageNode]]
"""Called in the driver once for every node that ended (done, failed or blocked); returns nodes that join the run.

Parents come before their children or are in the run already; nodes that are in it already change nothing.
"""


class Executor(Protocol):
    """Runs trees, also such that grow meanwhile. Made for one view of one store.

    What is finished is not run again, and a node that is trained already is only measured. Its children may train as
    soon as its weights are there.
    """

    @property
    def slots(self) -> int:
        """Nodes that can run at once."""
        ...

    def run(self, tree: StageTree, watch: Observer, feed: Feed | None = None) -> Outcome:
        """Run what is missing, until nothing is left and `feed` adds nothing.

        A node that fails to train blocks its descendants only; one that fails to be measured blocks none.
        KeyboardInterrupt stops cleanly.
        """
        ...

    def close(self) -> None:
        """Let go of workers."""
        ...
