"""Answers that a given model gave are inquired into: forced again after other reasoning, read, and doubted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from domains.endpoints import Chat, EndpointSpec
from domains.example import Splits
from experiments.evaluation.inquiry.asking import inquire
from experiments.models.subjects.subject import Subject
from experiments.nodes.examined import SPLIT, Inquired
from experiments.nodes.provenance import provenance
from experiments.nodes.setup import SetupDomain
from experiments.nodes.suite import Task
from experiments.store import Store
from experiments.worker.bench import boundary
from experiments.worker.lending import lend
from experiments.worker.scoring import Marker


def inquire_given(
    subject: Subject,
    reader: Subject | None,
    identity: str,
    key: str,
    task: Task,
    domain: SetupDomain,
    data: Splits,
    answers: Sequence[str],
    *,
    store: Store,
    gpus: float,
    paraphraser: EndpointSpec | None = None,
) -> Inquired:
    """All that `task` asks about `answers`, the first ones to the first items. Raises StageError."""
    started = time.monotonic()
    items = data[SPLIT][: len(answers)]
    lent = lend(store, gpus)
    rewords = None if paraphraser is None else Chat(paraphraser, lent.answers, lent.tally)
    with boundary("evaluation"):
        outputs = inquire(task, subject, reader, items, answers, paraphraser=rewords)
    found = Marker.of(task.domain, domain, data["train"], lent).told(task, items, outputs)
    return Inquired(
        model=identity,
        key=key,
        outputs=found.outputs,
        marks=found.marks,
        asked=lent.tally.bill,
        seconds=time.monotonic() - started,
        when=datetime.now(UTC).date().isoformat(),
        provenance=provenance(),
    )
