"""How domains are trained that are mixed, in joint training and in rounds of adaptive mixing: from their own stages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from curricula.schema import Curriculum
from curricula.stage import Stage, Training


def own_stages(curriculum: Curriculum, names: Collection[str]) -> tuple[Stage, ...]:
    """The own stage of each of these domains, in the curriculum's order of them."""
    return tuple(
        Stage(mixture={name: 1.0}, training=curriculum.stage_training(name))
        for name in curriculum.domains
        if name in names
    )


def training_together(curriculum: Curriculum, stages: Sequence[Stage]) -> Training:
    """The curriculum's own training where that is of the stages' method, else that of the longest of them; by GRPO with
    as many rollouts as make the prompts of these stages their completions, where groups come out. Its steps are not
    yet theirs."""
    longest = max(stages, key=lambda stage: stage.rollout_budget).training
    training = curriculum.training if curriculum.training.method == longest.method else longest
    examples = sum(sum(stage.examples.values()) for stage in stages)
    each, rest = divmod(sum(stage.rollout_budget for stage in stages), examples)
    return training.model_copy(update={"rollouts": each}) if training.method == "grpo" and not rest else training


def whole_together(curriculum: Curriculum, names: Collection[str]) -> Training:
    """The same with the steps that spend the budget of the domains' own stages, rounded up in its favour."""
    stages = own_stages(curriculum, names)
    training = training_together(curriculum, stages)
    steps = training.steps_for(sum(stage.rollout_budget for stage in stages))
    return training.model_copy(update={"steps": steps})
