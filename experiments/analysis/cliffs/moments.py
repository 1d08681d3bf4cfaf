"""Kept answers of one arm after one stage as arrays, paired with those of an earlier moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

import numpy as np

from experiments.analysis.scores import BASE, RunScores
from experiments.nodes.details import Details, PerItem
from scheduler.measurements import Array

OfAnswers = Literal["scores", "found", "cut", "nll", "executed"]
OfCalculator = Literal["solvable", "without", "score", "calls", "vain"]
"""Of the first items: see `Calculated`."""
OfItems = PerItem | OfCalculator
NOT_KEPT = "answers were not kept one by one"
NOT_RIGHT_OR_WRONG = "scores are not 0 or 1"


@dataclass(frozen=True)
class Moment:
    """Where an arm stood; depth 0 is the base, whatever the arm."""

    arm: str
    depth: int


class Answers(Protocol):
    """Answers to the same items at two moments."""

    def answers(self, field: OfAnswers) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items, samples); None where it was not kept everywhere."""

    def items(self, field: OfItems) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items), of a calculator the first items; None where it was not kept
        everywhere."""


@dataclass(frozen=True)
class PairedAnswers:
    """Kept answers to one domain's test items at two moments, seed by seed, of the seeds that have both."""

    before: tuple[Details, ...]
    after: tuple[Details, ...]

    def answers(self, field: OfAnswers) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items, samples); None where it was not kept everywhere."""
        both = self.of_each(lambda one: _kept(one, field))
        shape = (-1, self.after[0].items, self.after[0].samples) if self.after else ()
        return None if both is None else (both[0].reshape(shape), both[1].reshape(shape))

    def items(self, field: OfItems) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, items), NaN where an item has none; None where it was not kept everywhere."""
        return self.of_each(lambda one: _kept(one, field))

    def of_each(self, values: Callable[[Details], object]) -> tuple[Array, Array] | None:
        """(before, after), each (seeds, …), of what every one of the models has; None where one lacks it."""
        models = {id(one): one for one in (*self.before, *self.after)}
        # All seeds may start from one base, which is then read once.
        known = {key: values(one) for key, one in models.items()}
        found = [_array([known[id(one)] for one in side]) for side in (self.before, self.after)]
        return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


def _array(values: Sequence[object]) -> Array | None:
    return np.array(values, float) if values and all(value is not None for value in values) else None


def _kept(one: Details, field: str) -> object:
    """Where no sum is wrong, answers with their sums done right score what they score."""
    if field in get_args(OfCalculator):
        return None if one.calculated is None else getattr(one.calculated, field)
    value = getattr(one, field)
    return one.scores if field == "executed" and value is None else value


def pair(scores: RunScores, domain: str, after: Moment, before: Moment) -> PairedAnswers:
    """The seeds in which both moments were measured and their answers kept."""
    kept: list[tuple[Details, Details]] = []
    for seed in scores.inputs.curriculum.seeds:
        first, second = (_details(scores, moment, seed, domain) for moment in (before, after))
        if first is not None and second is not None:
            kept.append((first, second))
    return PairedAnswers(tuple(one for one, _ in kept), tuple(one for _, one in kept))


def changes(scores: RunScores, domain: str, after: Moment, before: Moment) -> Array | None:
    """after − before of the score by item, (seeds, items), over the seeds that have both; None without any."""
    first, second = (_blocks(scores, moment) for moment in (before, after))
    rows = [second[seed][domain] - first[seed][domain] for seed in second if seed in first]
    return np.stack(rows) if rows else None


def _blocks(scores: RunScores, moment: Moment) -> dict[int, dict[str, Array]]:
    arm, depth = (moment.arm, moment.depth) if moment.depth else (BASE, 0)
    return {seed: dict(block) for seed, block in scores.by_seed(arm, depth).items()}


def _details(scores: RunScores, moment: Moment, seed: int, domain: str) -> Details | None:
    record = scores.record(moment.arm, seed, moment.depth) if moment.depth else scores.record(BASE, seed, 0)
    return record.scores["test"][domain].details if record and "test" in record.scores else None
