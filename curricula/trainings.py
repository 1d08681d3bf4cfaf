"""Every place of a curriculum at which training is described."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import KeyPath
from curricula.schema import Curriculum
from curricula.stage import Training
from curricula.training_override import TrainingOverride


def written(curriculum: Curriculum) -> Iterator[tuple[KeyPath, Training | TrainingOverride]]:
    """Where training is described, and what is written there."""
    yield ("training",), curriculum.training
    for name, override in curriculum.stages.items():
        yield ("stages", name), override
    for at, stage in enumerate(curriculum.schedule.stages):
        yield ("schedule", "stages", at, "training"), stage.training


def trainings(curriculum: Curriculum) -> Iterator[tuple[KeyPath, Training]]:
    """The same places, and what it comes to there."""
    resolved = (
        curriculum.training,
        *map(curriculum.stage_training, curriculum.stages),
        *map(curriculum.written_training, curriculum.schedule.stages),
    )
    for (keys, _), training in zip(written(curriculum), resolved, strict=True):
        yield keys, training
