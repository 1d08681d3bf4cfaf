"""All that one task asks about answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domains.endpoints import Chat
from domains.example import Example
from experiments.evaluation.inquiry.beliefs import beliefs
from experiments.evaluation.inquiry.calculating import calculated
from experiments.evaluation.inquiry.forcing import forced
from experiments.evaluation.inquiry.information import information
from experiments.evaluation.inquiry.rewording import reworded
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Subject
from experiments.nodes.outputs import Output
from experiments.nodes.suite import Task, TaskKind


@dataclass(frozen=True)
class About:
    """Answers that are asked about."""

    task: Task
    items: Sequence[Example]
    answers: Sequence[str]
    """What the model said first to each item."""
    seed: int | None
    """Whose noise they were drawn with."""
    reader: Subject | None
    """Reads them, the same for all models that are compared."""
    paraphraser: Chat | None
    """Says their reasoning in other words."""


def inquire(
    task: Task,
    model: Subject,
    reader: Subject | None,
    items: Sequence[Example],
    answers: Sequence[str],
    seed: int | None = None,
    paraphraser: Chat | None = None,
) -> list[Output]:
    """All that `task` asks about `answers`, item by item; see `About`. Forward passes only.

    Raises ValueError where the task takes a model here, and this is none, or a paraphraser; StageError where that one
    does not answer.
    """
    about = About(task, items, answers, seed, reader, paraphraser)
    if isinstance(model, LocalModel):
        return ASKERS[task.kind](about, model)
    if task.kind not in SPOKEN:
        raise ValueError("nothing can be put into the answers of a model that is not here")
    return SPOKEN[task.kind](about, model)


def _confidence(about: About, model: Subject) -> list[Output]:
    return beliefs(model, about.items, about.answers)


def _calculator(about: About, model: LocalModel) -> list[Output]:
    return calculated(model, about.items, about.task, about.seed)


def _reasoning(about: About, model: LocalModel) -> list[Output]:
    """Read only where the reader is a model here too."""
    said = forced(model, about.items, about.answers, about.task)
    if not isinstance(about.reader, LocalModel):
        return said
    return [*said, *information(about.reader, about.items, about.answers, about.task.final or "")]


def _paraphrase(about: About, model: LocalModel) -> list[Output]:
    if about.paraphraser is None:
        raise ValueError("nobody was named who says reasoning in other words")
    return reworded(model, about.paraphraser, about.items, about.answers, about.task)


SPOKEN: dict[TaskKind, Callable[[About, Subject], list[Output]]] = {"confidence": _confidence}
"""What any subject can be asked about its answers."""
ASKERS: dict[TaskKind, Callable[[About, LocalModel], list[Output]]] = {
    **SPOKEN,
    "reasoning": _reasoning,
    "calculator": _calculator,
    "paraphrase": _paraphrase,
}
"""What a model here can be asked."""
