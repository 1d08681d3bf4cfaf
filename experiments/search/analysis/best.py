"""A schedule as a curriculum of its own: explicit stages that train the very same nodes."""

from __future__ import annotations

from curricula.dump import dump_yaml
from curricula.schema import Curriculum, ExplicitStage, ScheduleSpec, SearchSpec
from curricula.stage import Schedule, Stage, Training
from curricula.training_override import TrainingOverride

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
            "schedule": ScheduleSpec(composition="explicit", stages=stages, rate=schedule.rate, anneal=schedule.anneal),
            # Its arms have other names, and it is what a search found.
            "comparison": curriculum.comparison.model_copy(update={"primary": None}),
            "search": SearchSpec(),
        }
    )


def _written(stage: Stage, curriculum: Curriculum) -> ExplicitStage:
    """Its training as the keys in which it differs from what an explicit stage starts from."""
    bare = ExplicitStage(mixture=stage.mixture)
    return bare.model_copy(update={"training": _override(stage.training, curriculum.written_training(bare))})


def _override(training: Training, default: Training) -> TrainingOverride:
    changed = {key for key in Training.model_fields if getattr(training, key) != getattr(default, key)}
    if training.warmup_ratio is None and "warmup_ratio" in changed:
        # Nothing says "no ratio" but a number of steps.
        changed.add("warmup_steps")
    return TrainingOverride(**{key: getattr(training, key) for key in changed})
