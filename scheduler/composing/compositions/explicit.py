"""Stages that the YAML writes out: who wrote them has composed them, so no search goes through them."""

from __future__ import annotations

from curricula.schema import Curriculum
from curricula.stage import Stage


def explicit_stages(curriculum: Curriculum) -> tuple[Stage, ...]:
    """The YAML's stages, repeats written out; `lr_decay` multiplies the learning rate per stage."""
    stages: list[Stage] = []
    for written in curriculum.schedule.stages:
        training = curriculum.written_training(written)
        for _ in range(written.repeat):
            rate = training.learning_rate * curriculum.schedule.lr_decay ** len(stages)
            stages.append(Stage(mixture=written.mixture, training=training.model_copy(update={"learning_rate": rate})))
    return tuple(stages)
