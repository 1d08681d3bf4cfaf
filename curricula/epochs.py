"""`epochs` as steps, once it is known how many items there are: everything after that counts steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from curricula.schema import Curriculum
from curricula.stage import Training
from curricula.training_override import TrainingOverride


def with_steps(curriculum: Curriculum, items: Mapping[str, int]) -> Curriculum:
    """The curriculum with steps wherever it says epochs; `items` are a domain's training items.

    An epoch of a stage is as many prompts as its domains have items; what does not fill a step is one more.
    """
    stages = dict(curriculum.stages)
    for name in curriculum.domains:
        if steps := _steps(curriculum.stage_training(name), [name], items):
            stages[name] = _resolved(stages.get(name, TrainingOverride()), steps)
    written = list(curriculum.schedule.stages)
    for at, stage in enumerate(written):
        if steps := _steps(curriculum.written_training(stage), stage.domains, items):
            written[at] = stage.model_copy(update={"training": _resolved(stage.training, steps)})
    return curriculum.model_copy(
        update={
            "training": curriculum.training.model_copy(update={"epochs": None}),
            "stages": stages,
            "schedule": curriculum.schedule.model_copy(update={"stages": tuple(written)}),
        }
    )


def _steps(training: Training, names: Iterable[str], items: Mapping[str, int]) -> int | None:
    """None where the training says steps."""
    if training.epochs is None:
        return None
    # Rounded first: 0.1 × 30 is more than 3 in floating point.
    return math.ceil(round(training.epochs * sum(items[name] for name in names) / training.prompts, 6))


def _resolved(override: TrainingOverride, steps: int) -> TrainingOverride:
    return override.model_copy(update={"epochs": None, "steps": max(1, steps)})
