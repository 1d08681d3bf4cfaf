"""The `run_node` of searches over cheap nodes, apart from what loads Optuna, as workers need not."""

from __future__ import annotations

import tempfile
from pathlib import Path

from experiments.executors.base import Work
from experiments.nodes.record import DomainScore, Record
from experiments.store import Store
from tests.support.nodes import behave, digest, leave, note, train
from tests.support.records import recorded


def scored(work: Work) -> None:
    """The `run_node` of these tests."""
    note(work.store, f"start {work.node.slug}")
    behave(work)
    store = Store.open(work.store)
    weights = digest(f"{train(store, work)} {work.node.stage}")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "weights.txt").write_text(weights, "ascii")
        leave(store, work.node, work.setup, record_of(work, weights), Path(folder))


def record_of(work: Work, weights: str) -> Record:
    """Two items a domain, for every domain that a test may use."""
    items = iter(byte / 255 for byte in bytes.fromhex(weights))
    names = ("a", "b", "c", "slow", "fails", "dies_once", "d")
    scores = {name: DomainScore(items=(next(items), next(items))) for name in names}
    return recorded(work.node, {"validation": scores, "test": scores})
