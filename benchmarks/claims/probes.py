"""Stages that show before and after on one domain: an arm of the inputs with one stage on one domain."""

from __future__ import annotations

from dataclasses import dataclass

from curricula.schema import Curriculum, PretrainedModel
from curricula.stage import Schedule
from experiments.analysis.scores import RunScores
from experiments.nodes.course import Course

Depth = tuple[int, str]
"""How much of the model a run trains, from 0 up, and what that is called."""


@dataclass(frozen=True)
class Probe:
    """One stage on one domain, from the base model."""

    arm: str
    domain: str
    method: str


def probes(scores: RunScores) -> tuple[Probe, ...]:
    """Those of single domains, in the curriculum's order; where there is none the schedule, if it is such a stage."""
    alone = [arm for arm in scores.inputs.schedules if _alone(arm)]
    kept = [arm for arm in alone if arm.role == "probe"] or [arm for arm in alone if arm.role == "main"]
    return tuple(Probe(arm.name, next(iter(arm.stages[0].mixture)), arm.stages[0].training.method) for arm in kept)


def depth(curriculum: Curriculum) -> Depth:
    """Adapters, or all weights."""
    model = curriculum.model
    return (0, "LoRA") if isinstance(model, PretrainedModel) and model.lora else (1, "all weights")


def courses(scores: RunScores, probe: Probe) -> tuple[Course, ...]:
    """How the stage went, seed by seed, where it was measured on its way."""
    records = [scores.record(probe.arm, seed) for seed in scores.inputs.curriculum.seeds]
    return tuple(one.guarded.course for one in records if one and one.guarded and one.guarded.course)


def _alone(arm: Schedule) -> bool:
    return len(arm.stages) == 1 and len(arm.stages[0].mixture) == 1
