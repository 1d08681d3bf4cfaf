"""Numbers that make no sense: refused where nothing can come of them, said where they are mostly a slip."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.guard_checks import guard_notes
from curricula.guards import Guards
from curricula.mixing_checks import mixing_notes
from curricula.problem import KeyPath, Problem, dotted
from curricula.schema import Curriculum, SearchSpec
from curricula.stage import Training
from curricula.trainings import trainings

HIGHEST_RATE = 1.0
"""AdamW moves a weight by about the learning rate a step, and weights are smaller than this."""
HIGH_RATE = 0.01
"""Thirty times what adapters are trained with."""
COLD, HOT = 0.2, 2.0
"""Sampling temperatures below which completions are nearly all alike, and above which they are nearly noise."""
GRPO_ONLY = ("rollouts", "kl", "kl_to", "temperature", "guards")


def sense_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """What cannot work."""
    for keys, rate in _rates(curriculum):
        if rate > HIGHEST_RATE:
            hint = "Pretrained models take 1e-6 to 1e-3; was a minus left out?"
            yield Problem(keys, f"must be at most {HIGHEST_RATE:g}", rate, hint)
    written = curriculum.schedule.leave_out
    left = written if isinstance(written, tuple) else ()
    for name, spec in curriculum.domains.items():
        # Where all are zero, that is said elsewhere.
        counted = any(other.weight for other in curriculum.domains.values())
        if counted and not spec.weight and name not in left:
            yield Problem(
                ("domains", name, "weight"),
                "a domain that is trained must count in the total score",
                spec.weight,
                "Leave the domain out; `schedule.leave_out` keeps one that is measured and not trained.",
            )


def sense_notes(curriculum: Curriculum) -> tuple[str, ...]:
    """What is allowed, and more often a slip than meant."""
    own = (*_high_rates(curriculum), *_temperatures(curriculum), *_unheard(curriculum))
    return (*own, *guard_notes(curriculum), *mixing_notes(curriculum))


def _rates(curriculum: Curriculum) -> Iterator[tuple[KeyPath, float]]:
    """Every learning rate, once: a stage that does not say its own has that of `training`."""
    for keys, training in trainings(curriculum):
        if keys == ("training",) or training.learning_rate != curriculum.training.learning_rate:
            yield (*keys, "learning_rate"), training.learning_rate
    if curriculum.model.warmup is not None:
        yield ("model", "warmup", "learning_rate"), curriculum.model.warmup.learning_rate


def _high_rates(curriculum: Curriculum) -> Iterator[str]:
    for keys, rate in _rates(curriculum):
        if rate > HIGH_RATE:
            yield f"{dotted(keys)}: {rate:g} is very high; 1e-6 to 1e-3 are usual, and a model may be ruined in a step."


def _temperatures(curriculum: Curriculum) -> Iterator[str]:
    for keys, training in trainings(curriculum):
        said = keys == ("training",) or training.temperature != curriculum.training.temperature
        if training.method == "grpo" and said and (told := _told(training.temperature)):
            yield f"{dotted((*keys, 'temperature'))}: at {training.temperature:g} rollouts are {told}."
    for name in curriculum.domains:
        how = curriculum.decoding(name)
        if how != "greedy" and how.samples > 1 and (told := _told(how.temperature)):
            yield f"{name}: at a decoding temperature of {how.temperature:g} its samples are {told}."


def _told(temperature: float) -> str | None:
    if temperature < COLD:
        return "nearly all alike, so that there is little to tell them apart by"
    return "nearly noise" if temperature > HOT else None


def _unheard(curriculum: Curriculum) -> Iterator[str]:
    """Keys of GRPO where nothing is trained by it, and no search may choose it."""
    found = [*(curriculum.stage_training(name) for name in curriculum.domains), *dict(trainings(curriculum)).values()]
    if any(training.method == "grpo" for training in found) or curriculum.search != SearchSpec():
        return
    given = [key for key in GRPO_ONLY if getattr(curriculum.training, key) != getattr(Training(), key)]
    if curriculum.training.guards == Guards(sweet_spot=curriculum.training.guards.sweet_spot):
        given = [key for key in given if key != "guards"]
    for key in given:
        yield f"training.{key}: is for GRPO, and every stage is trained by SFT."
