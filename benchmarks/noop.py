"""What the executor's benchmark and its peers run; a module of its own, so that workers import it by name."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.nodes.record import Cost, Measurement, Provenance, TrainingRecord
from experiments.store import Store

PROVENANCE = Provenance(stagewise="bench", commit=None, dirty=None, python="", packages={}, hardware="", host="")


def run_nothing(work: Work) -> None:
    """A node that trains nothing: only the two commits."""
    training = TrainingRecord(
        node=work.node.id,
        parent=work.node.parent,
        seed=work.node.seed,
        label=work.node.label,
        path=work.node.path,
        cost=Cost(),
        checkpoint="",
        provenance=PROVENANCE,
    )
    store, suite = Store.at(work.store), suite_of(work.setup).id
    store.commit(work.node, work.setup, training, no_weights())
    found = Measurement(node=work.node.id, suite=suite, scores={}, outputs={}, seconds=0.0, provenance=PROVENANCE)
    store.keep(work.node, found, no_weights())


@cache
def no_weights() -> Path:
    """An empty folder, one for each worker."""
    return Path(tempfile.mkdtemp(prefix="stagewise-bench-"))


def nothing() -> None:
    """The task of the peer that keeps nothing."""


def one_file(folder: str, number: int) -> None:
    """The task of the peer that keeps a result as a careful user would: a file, on disk before it has its name."""
    temporary = Path(folder, f"{number}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write("x" * 2_000)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(Path(folder, f"{number}.json"))
