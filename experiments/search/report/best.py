"""A schedule as a curriculum of its own: explicit stages that train the very same nodes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from curricula.dump import dump_yaml
from curricula.schema import Curriculum, ExplicitStage, ScheduleSpec, SearchSpec
from curricula.stage import Schedule, Stage, Training, TrainingOverride

MOST_WHOLE, MOST_FACTORS = 100, 20_000
NAME = 64


def best_yaml(curriculum: Curriculum, schedule: Schedule, words: tuple[str, ...]) -> str:
    """The text of best.yaml: `words` as comments, then the curriculum with `schedule` written out."""
    head = "".join(f"# {line}\n" for word in words for line in word.splitlines())
    return f"{head}\n{dump_yaml(best_curriculum(curriculum, schedule))}"


def best_curriculum(curriculum: Curriculum, schedule: Schedule) -> Curriculum:
    """`curriculum` with the stages of `schedule` in place of its own; the overrides by domain stay, for joint arms."""
    stages = tuple(_written(stage, curriculum) for stage in schedule.stages)
    return curriculum.model_copy(
        update={
            "name": f"{curriculum.name[: NAME - len('-best')]}-best",
            "schedule": ScheduleSpec(composition="explicit", stages=stages),
            # Explicit stages have no order to search over.
            "search": SearchSpec(),
        }
    )


def _written(stage: Stage, curriculum: Curriculum) -> ExplicitStage:
    """Its training as the keys in which it differs from what an explicit stage starts from."""
    default = curriculum.stage_training(*stage.mixture) if len(stage.mixture) == 1 else curriculum.training
    return ExplicitStage(mixture=shares(stage.mixture), training=_override(stage.training, default))


def _override(training: Training, default: Training) -> TrainingOverride:
    before = default.model_dump()
    return TrainingOverride(**{key: value for key, value in training.model_dump().items() if value != before[key]})


def shares(mixture: Mapping[str, float]) -> dict[str, float]:
    """Numbers that normalise to `mixture` to the last bit, whole ones where there are any.

    Shares that were normalised once may sum to a rounding error beside 1, and normalising them again would
    change them, and with them the fingerprints of all nodes. No mixture is known for which none is found.
    """
    whole = ({name: float(round(share * k)) for name, share in mixture.items()} for k in range(1, MOST_WHOLE))
    scaled = ({name: share * k for name, share in mixture.items()} for k in range(1, MOST_FACTORS))
    found = (each for each in itertools.chain(whole, scaled) if _normalised(each) == dict(mixture))
    return next(found, dict(mixture))


def _normalised(mixture: dict[str, float]) -> dict[str, float]:
    return Stage(mixture=mixture, training=Training()).mixture if all(mixture.values()) else {}
