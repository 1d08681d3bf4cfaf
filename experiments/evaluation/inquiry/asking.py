"""All that one task asks about answers."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example
from experiments.evaluation.inquiry.beliefs import beliefs
from experiments.evaluation.inquiry.forcing import FORCED, forced
from experiments.evaluation.inquiry.information import information
from experiments.models.local import LocalModel
from experiments.models.subject import Subject
from experiments.nodes.outputs import Output
from experiments.nodes.suite import Task


def inquire(
    task: Task, model: Subject, reader: Subject | None, items: Sequence[Example], answers: Sequence[str]
) -> list[Output]:
    """`answers` are what the model said first to `items`. Reasoning takes a model here, and is read where the `reader`
    is one too."""
    if task.kind == "confidence":
        return beliefs(model, items, answers)
    if not isinstance(model, LocalModel):
        raise ValueError("an answer cannot be forced from a model that is not here")
    said = forced(model, items, answers, task)
    read = information(reader, items, answers, task.final or "") if isinstance(reader, LocalModel) else []
    return [*said, *read]


def forced_of(outputs: Sequence[Output]) -> list[Output]:
    """Those that are to be marked."""
    return [row for row in outputs if row.arm in FORCED]
