"""What a model that somebody else made is asked, by what one may do with it, and what names the result."""

from __future__ import annotations

from collections.abc import Sequence

from domains.frozen import fingerprint
from experiments.measures.inquiries import INQUIRIES
from experiments.measures.scores import METRICS
from experiments.measures.suite import suite_of
from experiments.nodes.examined import SPLIT, Access
from experiments.nodes.setup import Setup
from experiments.nodes.suite import Marking, Suite, Task, TaskKind

KINDS: tuple[TaskKind, ...] = ("answers", "references", "samples", "formats", "options")
"""What it is asked: a model that was given has no base to diverge from."""
SPOKEN: tuple[TaskKind, ...] = ("answers", "formats")
"""What of it access `prompt` allows."""


def examination(setup: Setup, domain: str, access: Access) -> Suite:
    """What a model of this access is asked about one domain, and how that is marked; its `id` names the result."""
    whole, kinds = suite_of(setup), SPOKEN if access == "prompt" else KINDS
    marking = whole.marking[domain]
    metrics = tuple(metric for metric in marking.metrics if METRICS[metric].needs in kinds)
    return Suite(
        tasks=tuple(
            task for task in whole.tasks if task.domain == domain and task.split == SPLIT and task.kind in kinds
        ),
        marking={domain: marking.model_copy(update={"metrics": metrics})},
    )


def inquiries(setup: Setup, domain: str) -> tuple[Task, ...]:
    """What is asked about a model's answers to one domain; see `can_ask`."""
    return tuple(task for task in suite_of(setup).tasks if task.domain == domain and task.kind in INQUIRIES)


def can_ask(task: Task, access: Access) -> bool:
    """Whether a model of this access can be asked so: with access `prompt` nothing can be put into its answers."""
    return access != "prompt" or INQUIRIES[task.kind].access == "prompt"


def inquiry_key(task: Task, marking: Marking, reader: str | None, answers: Sequence[str]) -> str:
    """Names what was asked about these very answers; `reader`: identity of the model that read their reasoning."""
    return fingerprint(["inquiry", task.key, marking.reward, marking.train, reader, list(answers)])[:16]
