"""Rules about domains without answers (`answer: false`): what would imitate, compare with or measure by them."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import Problem
from curricula.schema import Curriculum, PretrainedModel
from curricula.trainings import trainings
from domains.rewards import called, kind_of


def answer_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """What reads references of a domain that has none, or asks for a part of its answer."""
    for name in _without(curriculum):
        spec = curriculum.domains[name]
        if spec.final is not None:
            yield Problem(("domains", name, "final"), "needs answers, and this domain has none", spec.final)
        for at, reward in enumerate(spec.rewards if spec.reference is None else ()):
            if key := kind_of(reward).compares(reward):
                yield Problem(
                    ("domains", name, "rewards", at, key),
                    f"{called(reward)!r} compares with reference answers, and this domain has none",
                    getattr(reward, key),
                    "Score by a reward that needs none, e.g. a function, or say where the answers are.",
                )
        for metric in curriculum.evaluation.metrics:
            if metric in ("nll", "reference_entropy"):
                yield Problem(
                    ("evaluation", "metrics"),
                    f"{metric} reads reference answers, and the domain {name} has none",
                    hint="Write `metrics: [entropy, kl]`.",
                )


def imitation_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """What would imitate answers that are not there. Joint training and replay mix domains, so it is asked of all."""
    for name in _without(curriculum):
        rule, hint = f"imitates answers, and the domain {name} has none", "Train by grpo: `method: grpo`."
        for keys, training in trainings(curriculum):
            if training.method == "sft":
                yield Problem((*keys, "method"), f"sft {rule}", hint=hint)
        if any("sft" in methods for methods in curriculum.search.methods.values()):
            yield Problem(("search", "methods"), f"sft {rule}", hint="Leave sft out.")
        warmup = curriculum.model.warmup
        if warmup is not None and warmup.steps:
            none = "Leave it out." if isinstance(curriculum.model, PretrainedModel) else "Write `warmup: {steps: 0}`."
            yield Problem(("model", "warmup"), f"the warm-up {rule}", hint=none)


def _without(curriculum: Curriculum) -> list[str]:
    return [name for name, spec in curriculum.domains.items() if spec.answer is False]
