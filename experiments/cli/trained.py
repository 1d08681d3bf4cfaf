"""How a domain will be trained, in the few words that stand beside its name."""

from __future__ import annotations

from curricula.schema import Curriculum
from curricula.stage import Training


def trained(curriculum: Curriculum, name: str) -> str:
    """``grpo, 60 steps of 16 prompts × 8, rate 0.0002``, of the domain's own stage; written stages: each kind once."""
    if name in curriculum.schedule.leave_out:
        return "left out"
    if curriculum.schedule.composition != "explicit":
        return _words(curriculum.stage_training(name))
    own = [stage for stage in curriculum.schedule.stages if stage.mixture.get(name, 0.0) > 0]
    return "; ".join(dict.fromkeys(_words(curriculum.written_training(stage)) for stage in own)) or "in no stage"


def _words(training: Training) -> str:
    what, group = ("examples", "") if training.method == "sft" else ("prompts", f" × {training.rollouts}")
    steps = f"{training.steps:,} step{'s' * (training.steps != 1)} of {training.prompts:,} {what}{group}"
    return f"{training.method}, {steps}, rate {training.learning_rate:g}"
