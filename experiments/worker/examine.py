"""A given model is asked about one domain and its answers are marked: what a node's measurement is, without a node."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from domains.endpoints import Tally
from domains.example import Example, Split
from domains.rewards import Lent, build_reward
from experiments.evaluation.execution import executed
from experiments.evaluation.formats import marked_formats
from experiments.evaluation.marking import mark
from experiments.evaluation.tasks import SPOKEN, Asked, ask
from experiments.executors.cpus import own_cpus
from experiments.measures.details import details
from experiments.measures.scores import domain_score
from experiments.models.checkpoints import device_for
from experiments.models.reward_model import scores_of
from experiments.models.seeding import seed_all
from experiments.models.subjects.given import Given
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Subject
from experiments.nodes.examined import SPLIT, Examined
from experiments.nodes.outputs import Output
from experiments.nodes.provenance import provenance
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Suite, TaskKind
from experiments.store import Store
from experiments.store.answers import StoredAnswers
from experiments.worker.bench import boundary

Splits = Mapping[Split, Sequence[Example]]


def load(model: Given, setup: Setup, gpus: float) -> Subject:
    """The model, ready; all of this process's CPUs are for it. Raises StageError."""
    seed_all(0, own_cpus())
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
    lent = Lent(answers=StoredAnswers(store.files), tally=Tally(), network=partial(scores_of, device=device_for(gpus)))
    outputs: dict[TaskKind, list[Output]] = {}
    for task in suite.tasks:
        told(task.kind)
        asked = Asked(task, data[SPLIT][: task.items], None, lambda: None)
        with boundary("evaluation"):
            if isinstance(subject, LocalModel):
                outputs[task.kind] = ask(asked, subject)
            else:
                outputs[task.kind] = SPOKEN[task.kind](asked, subject)
    told("marks")
    with boundary("reward"):
        reward = build_reward(setup.domains[domain].primary, data["train"], lent)
        marks = mark(domain, reward, data[SPLIT], outputs["answers"])
        own = outputs.get("samples", [])
        formed = [one.parsed is not None for one in mark(domain, reward, data[SPLIT][: len(own)], own)] if own else []
        right = executed(domain, setup.domains[domain], reward, data[SPLIT], outputs["answers"], marks)
        forms = outputs.get("formats", [])
        formats = marked_formats(domain, reward, data[SPLIT][: len({one.item for one in forms})], forms)
    score = domain_score(outputs, marks, suite.marking[domain].metrics, formed)
    kept = details(outputs["answers"], marks, outputs.get("references", ()), right, formats)
    return Examined(
        model=identity,
        suite=suite.id,
        score=score.model_copy(update={"details": kept}),
        answers=tuple(one.text or "" for one in outputs["answers"]),
        asked=lent.tally.bill,
        seconds=time.monotonic() - started,
        when=datetime.now(UTC).date().isoformat(),
        provenance=provenance(),
    )
