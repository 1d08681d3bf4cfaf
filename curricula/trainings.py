"""Every place of a curriculum at which training is described."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import KeyPath
from curricula.schema import Curriculum
from curricula.stage import Training


def trainings(curriculum: Curriculum) -> Iterator[tuple[KeyPath, Training]]:
    """Where training is described, and what it comes to there."""
    yield ("training",), curriculum.training
    for name in curriculum.stages:
        yield ("stages", name), curriculum.stage_training(name)
    for at, stage in enumerate(curriculum.schedule.stages):
        yield ("schedule", "stages", at, "training"), curriculum.written_training(stage)
