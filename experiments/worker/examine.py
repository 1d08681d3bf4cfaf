"""A given model is asked about one domain and its answers are marked: what a node's measurement is, without a node."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from domains.example import Splits
from experiments.evaluation.tasks import Asked, ask
from experiments.executors.cpus import own_threads
from experiments.models.seeding import seed_all
from experiments.models.subjects.given import Given
from experiments.models.subjects.subject import Subject
from experiments.nodes.examined import SPLIT, Examined
from experiments.nodes.outputs import Output
from experiments.nodes.provenance import provenance
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Suite, Task
from experiments.store import Store
from experiments.worker.bench import boundary
from experiments.worker.lending import lend, lend_embedder
from experiments.worker.scoring import Marker, scored


def load(model: Given, setup: Setup, gpus: float) -> Subject:
    """The model, ready; all of this process's threads are for it. Raises StageError."""
    seed_all(0, own_threads())
    with boundary("model"):
        return model.subject(setup.evaluation.batch, gpus)


def examine(
    subject: Subject,
    identity: str,
    suite: Suite,
    setup: Setup,
    data: Splits,
    *,
    store: Store,
    gpus: float,
    told: Callable[[str], None],
) -> Examined:
    """All that `suite`, which is of one domain, asks; `told` hears what is being asked. Raises StageError."""
    started = time.monotonic()
    (domain,) = suite.marking
    said: dict[Task, list[Output]] = {}
    for task in suite.tasks:
        told(task.kind)
        with boundary("evaluation"):
            said[task] = ask(Asked(task, data[SPLIT][: task.items], None, lambda: None), subject)
    told("marks")
    lent = lend(store, gpus)
    marker = Marker.of(domain, setup.domains[domain], data["train"], lent)
    embed = lend_embedder(setup.evaluation.embedder, gpus)
    found = scored(marker, data[SPLIT], said, suite.marking[domain].metrics, embed)
    return Examined(
        model=identity,
        suite=suite.id,
        score=found.score,
        answers=tuple(row.text or "" for task, rows in said.items() if task.kind == "answers" for row in rows),
        asked=lent.tally.bill,
        seconds=time.monotonic() - started,
        when=datetime.now(UTC).date().isoformat(),
        provenance=provenance(),
    )
