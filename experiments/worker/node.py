"""Run one node: train it unless it is trained, then measure it unless it is measured."""

from __future__ import annotations

from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.models.seeding import seed_all, seed_of
from experiments.store import Store
from experiments.worker.bench import Bench, boundary
from experiments.worker.measure import measure
from experiments.worker.together import sharers, train_together
from experiments.worker.train import Model, train


def run_node(work: Work) -> None:
    """Raises StageError, which names the boundary that failed; weights that were trained before that are kept.

    The result depends on `work` alone: every random number is seeded here, whatever this process did before.
    """
    with boundary("store"):
        store = Store.open(work.store, create=False)
        trained = store.has_weights(work.node)
    bench, suite = Bench(work, store), suite_of(work.setup)
    seed_all(seed_of("node", work.node.id), work.resources.cpus)
    model = None if trained else _trained(bench)
    with boundary("store"):
        finished = store.has(work.node, suite.id)
    if not finished:
        measure(bench, suite, model)


def _trained(bench: Bench) -> Model | None:
    """The model where it is at hand: what several processes trained is in the store."""
    processes = sharers(bench.work)
    if processes == 1:
        return train(bench)
    train_together(bench.work, processes)
    return None
