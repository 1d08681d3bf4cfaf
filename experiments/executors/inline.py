"""Nodes in this process, one after the other: tests, debugging, one GPU without a cluster."""

from __future__ import annotations

import time
from functools import partial

from curricula.schema import Resources
from domains.errors import StoreError
from experiments.executors.attempt import attempt
from experiments.executors.base import Feed, Observer, Outcome, RunNode
from experiments.executors.run import Run
from experiments.nodes.tree import StageTree
from experiments.store import View
from experiments.store.locks import locking
from experiments.store.pulse import pulse

BEAT_SECONDS = 0.5


class InlineExecutor:
    """See `Executor`. While a node runs, `watch` is called from a second thread.

    Raises StoreError when made for several processes a stage and a store that only this one sees.
    """

    def __init__(self, view: View, resources: Resources, run_node: RunNode) -> None:
        if resources.ranks > 1 and view.store.url.startswith("memory:"):
            raise StoreError(
                f"a store in memory is seen by one process only, and {resources.ranks} share a stage",
                value=view.store.url,
                hint="Name a folder as the store, or train by one process.",
            )
        self._view, self._resources, self._run_node = view, resources, run_node

    @property
    def slots(self) -> int:
        """See `Executor`."""
        return 1

    def run(self, tree: StageTree, watch: Observer, feed: Feed | None = None) -> Outcome:
        """See `Executor`."""
        with locking(self._view.store.files) as locks:
            run = Run(tree, self._view, self._resources, watch, feed, locks)
            while True:
                while (node := run.take()) is not None:
                    with pulse(partial(run.beat, node), BEAT_SECONDS):
                        failure = attempt(self._run_node, run.work(node))
                    run.settle(node, failure)
                if not run.elsewhere:
                    return run.outcome()
                time.sleep(BEAT_SECONDS)
                run.look()

    def close(self) -> None:
        """See `Executor`: nothing to let go of."""
