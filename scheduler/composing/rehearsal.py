"""A schedule that rehearses: part of every stage from the domains before it, and GRPO held to the base by KL.

On-policy replay, as in 2605.29495: earlier domains' prompts, answered by the model as it is. Costs no further
completions, since they are taken from the stage's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Curriculum, Rehearsal
from curricula.stage import Schedule, Stage
from scheduler.composing.compose import compose


def rehearsed(curriculum: Curriculum, order: Sequence[str], like: Schedule, spec: Rehearsal, name: str) -> Schedule:
    """`order` in a stage a domain, as `like` is, with replay and KL to the base."""
    schedule = curriculum.schedule.model_copy(update={"replay": spec.replay, "composition": "sequential"})
    replaying = curriculum.model_copy(update={"schedule": schedule})
    made = compose(order, "sequential", replaying, name=name, role=like.role, ordering=like.ordering)
    kept = {
        "probes": like.probes,
        "origin": f"The same order, {spec.replay:.0%} of each stage from what came before, KL {spec.kl:g} to the base.",
    }
    return made.model_copy(update={**kept, "stages": tuple(_held(stage, spec.kl) for stage in made.stages)})


def _held(stage: Stage, kl: float) -> Stage:
    if stage.training.method != "grpo" or not kl:
        return stage
    return stage.model_copy(update={"training": stage.training.model_copy(update={"kl": kl, "kl_to": "base"})})
