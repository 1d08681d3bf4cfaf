"""What a model that somebody else made said on one domain: asked once, and kept beside the nodes of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from domains.endpoints import Bill
from domains.example import Split
from domains.frozen import Frozen, fingerprint
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.record import DomainScore, Provenance
from experiments.nodes.setup import Setup
from experiments.nodes.suite import INQUIRIES, NEEDS, Marking, Suite, Task, TaskKind, suite_of

Access = Literal["prompt", "logits", "adapter", "full"]
"""What one may do with a model, each more than the one before: ask it, read its likelihoods, train a part or all."""
SPLIT: Split = "test"
"""What a given model is examined on."""
KINDS: tuple[TaskKind, ...] = ("answers", "references", "samples", "formats")
"""What it is asked: a model that was given has no base to diverge from."""
SPOKEN: tuple[TaskKind, ...] = ("answers", "formats")
"""What of it access `prompt` allows."""


class Examined(Frozen):
    """One given model on the test split of one domain."""

    model: str
    """Identity of the model."""
    suite: str
    """Identity of what it was asked, and of how that was marked."""
    score: DomainScore
    answers: tuple[str, ...]
    """What it said, item by item and within an item sample by sample."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards."""
    seconds: float
    when: str
    """Day on which it was asked, e.g. ``2026-11-26``."""
    provenance: Provenance


class Inquired(Frozen):
    """What one given model was asked by one task about its answers, kept apart: it is asked on request only."""

    model: str
    key: str
    """Identity of what was asked; see `inquiry_key`."""
    outputs: tuple[Output, ...]
    """What was said and read, as it was given."""
    marks: tuple[Marked, ...] = ()
    """Of the answers that were forced, or given with a calculator."""
    asked: Bill = Bill()
    """What endpoints were asked by rewards."""
    seconds: float
    when: str
    provenance: Provenance


def inquiries(setup: Setup, domain: str, access: Access) -> tuple[Task, ...]:
    """What is asked about a model's answers to one domain. With access `prompt` nothing can be put into its answers."""
    return tuple(
        task
        for task in suite_of(setup).tasks
        if task.domain == domain and task.kind in INQUIRIES and (task.kind == "confidence" or access != "prompt")
    )


def inquiry_key(task: Task, marking: Marking, reader: str | None, answers: Sequence[str]) -> str:
    """Names what was asked about these very answers; `reader`: identity of the model that read their reasoning."""
    return fingerprint(["inquiry", task.key, marking.reward, marking.train, reader, list(answers)])[:16]


def examination(setup: Setup, domain: str, access: Access) -> Suite:
    """What a model of this access is asked about one domain, and how that is marked; its `id` names the result."""
    whole, kinds = suite_of(setup), SPOKEN if access == "prompt" else KINDS
    marking = whole.marking[domain]
    metrics = tuple(metric for metric in marking.metrics if NEEDS[metric] in kinds)
    return Suite(
        tasks=tuple(
            task for task in whole.tasks if task.domain == domain and task.split == SPLIT and task.kind in kinds
        ),
        marking={domain: marking.model_copy(update={"metrics": metrics})},
    )
