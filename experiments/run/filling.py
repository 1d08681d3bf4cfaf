"""Fill in what a store lacks of some nodes: weights and measurements, or measurements alone; on Ray or inline."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from domains.errors import StoreError
from experiments.executors.base import Executor, Observer, Outcome, State
from experiments.nodes.tree import StageNode, StageTree
from experiments.store import View


class Display(Protocol):
    """How a phase is shown: title, tree → a context that yields the watch."""

    def __call__(self, title: str, tree: StageTree) -> AbstractContextManager[Observer]:
        """Begin to show `tree`."""
        ...


def quiet(_: StageNode, __: State) -> None:
    """Show nothing."""


def fill_in(tree: StageTree, executor: Executor, observer: Observer = quiet) -> Outcome:
    """Train what is not trained and measure what is not measured, by the suite of the executor's view."""
    return executor.run(tree, observer)


def measure(view: View, nodes: Sequence[StageNode], executor: Executor, observer: Observer = quiet) -> Outcome:
    """Measure trained nodes by the suite of `view`, for which `executor` was made; nothing is ever trained.

    Raises StoreError, before anything runs, for a node without weights.
    """
    for node in nodes:
        if not view.has_weights(node):
            raise StoreError(f"stage {node.slug} is not trained", value=view.store.url, hint="Run it first.")
    return fill_in(StageTree(tuple(nodes)), executor, observer)
