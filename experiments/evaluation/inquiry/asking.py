"""All that one task asks about answers."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from experiments.evaluation.inquiry.beliefs import beliefs
from experiments.evaluation.inquiry.calculating import calculated
from experiments.evaluation.inquiry.forcing import forced
from experiments.evaluation.inquiry.information import information
from experiments.measures.details import UNMARKED
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Subject
from experiments.nodes.outputs import Output
from experiments.nodes.suite import Task


def inquire(
    task: Task,
    model: Subject,
    reader: Subject | None,
    items: Sequence[Example],
    answers: Sequence[str],
    seed: int | None = None,
) -> list[Output]:
    """`answers` are what the model said first to `items`, with the noise of `seed`. Reasoning and a calculator take a
    model here; reasoning is read where the `reader` is one too."""
    if task.kind == "confidence":
        return beliefs(model, items, answers)
    if not isinstance(model, LocalModel):
        raise ValueError("nothing can be put into the answers of a model that is not here")
    if task.kind == "calculator":
        return calculated(model, items, task, seed)
    said = forced(model, items, answers, task)
    read = information(reader, items, answers, task.final or "") if isinstance(reader, LocalModel) else []
    return [*said, *read]


def answers_of(outputs: Sequence[Output]) -> list[Output]:
    """Those that are to be marked."""
    return [row for row in outputs if row.arm not in UNMARKED]
