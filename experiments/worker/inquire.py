"""Answers that a given model gave are inquired into: forced again after other reasoning, read, and doubted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from domains.endpoints import Tally
from domains.rewards import Lent, build_reward
from experiments.evaluation.inquiry.asking import answers_of, inquire
from experiments.evaluation.marking import mark
from experiments.models.checkpoints import device_for
from experiments.models.reward_model import scores_of
from experiments.models.subjects.subject import Subject
from experiments.nodes.examined import SPLIT, Inquired
from experiments.nodes.provenance import provenance
from experiments.nodes.setup import SetupDomain
from experiments.nodes.suite import Task
from experiments.store import Store
from experiments.store.answers import StoredAnswers
from experiments.worker.bench import boundary
from experiments.worker.examine import Splits


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
) -> Inquired:
    """All that `task` asks about `answers`, the first ones to the first items. Raises StageError."""
    started = time.monotonic()
    lent = Lent(answers=StoredAnswers(store.files), tally=Tally(), network=partial(scores_of, device=device_for(gpus)))
    items = data[SPLIT][: len(answers)]
    with boundary("evaluation"):
        outputs = inquire(task, subject, reader, items, answers)
    said = answers_of(outputs)
    with boundary("reward"):
        marks = mark(task.domain, build_reward(domain.primary, data["train"], lent), items, said) if said else []
    return Inquired(
        model=identity,
        key=key,
        outputs=tuple(outputs),
        marks=tuple(marks),
        asked=lent.tally.bill,
        seconds=time.monotonic() - started,
        when=datetime.now(UTC).date().isoformat(),
        provenance=provenance(),
    )
