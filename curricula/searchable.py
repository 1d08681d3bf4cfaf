"""What a search goes through in place of a schedule that has no order of its own."""

from __future__ import annotations

from collections import Counter

from curricula.schema import Curriculum
from curricula.stage import Stage
from curricula.training_override import TrainingOverride


def searchable(curriculum: Curriculum) -> Curriculum:
    """The curriculum itself or, of explicit stages, one with an order to search over and the same budget.

    Its domains are those that the stages train, in the order in which they first come, each with a stage of its own
    that spends the completions that the stages give it, as far as whole steps go. Adaptive mixing needs none of this:
    its budget is that of the domains' own stages.
    """
    if curriculum.schedule.composition != "explicit":
        return curriculum
    spent = _completions(curriculum)
    stages = dict(curriculum.stages)
    for name, completions in spent.items():
        steps = curriculum.stage_training(name).steps_nearest(completions)
        stages[name] = stages.get(name, TrainingOverride()).model_copy(update={"steps": steps, "epochs": None})
    ordered = {"composition": "sequential", "stages": (), "order": "given", "given": tuple(spent), "leave_out": ()}
    alone = {"orders": (), "compositions": (), "random_orders": 0, "merges": (), "advised": False}
    return curriculum.model_copy(
        update={
            "stages": stages,
            "schedule": curriculum.schedule.model_copy(update=ordered),
            "baselines": curriculum.baselines.model_copy(update=alone),
        }
    )


def _completions(curriculum: Curriculum) -> dict[str, int]:
    """Of each domain in all explicit stages, the domains in the order in which they are introduced."""
    found: Counter[str] = Counter()
    for written in curriculum.schedule.stages:
        stage = Stage(mixture=written.mixture, training=curriculum.written_training(written))
        each = stage.training.completions // stage.training.prompts
        # By their shares where several begin together: the largest first.
        for name in sorted(stage.mixture, key=lambda name: -stage.mixture[name]):
            if count := stage.examples[name]:
                found[name] += count * each * written.repeat
    return dict(found)
