"""The arms of interest against the baselines, on the test split."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from experiments.analysis.comparison import Comparison, compare
from experiments.analysis.scores import BASE, RANDOM, Array, RunScores, random_arms


def compare_arms(scores: RunScores) -> tuple[Comparison, ...]:
    """Main arm and its order's other compositions against joint training, reverse and random orders, and the base."""
    pairs = [(arm, baseline) for arm in subjects(scores) for baseline in baselines(scores) if baseline != arm]
    return compare_pairs(scores, pairs)


def compare_pairs(scores: RunScores, pairs: Iterable[tuple[str, str]]) -> tuple[Comparison, ...]:
    """Each (arm, baseline); where one side has not finished there is no gain, and a note that says so.

    None at all while nothing has finished.
    """
    sizes = _sizes(scores)
    if not sizes:
        return ()
    return tuple(
        compare(arm, baseline, _blocks(scores, arm, sizes), _blocks(scores, baseline, sizes), scores.weights)
        for arm, baseline in pairs
    )


def subjects(scores: RunScores) -> tuple[str, ...]:
    """The main arm, then its order in other compositions."""
    others = [arm.name for arm in scores.inputs.schedules if arm.role == "composition"]
    return (scores.inputs.main, *others)


def baselines(scores: RunScores) -> tuple[str, ...]:
    """Joint arms, the reverse order, the mean of random orders, the base."""
    arms = scores.inputs.schedules
    joint = [arm.name for arm in arms if arm.role == "joint"]
    reverse = [arm.name for arm in arms if arm.role == "order" and arm.ordering == "reverse"]
    return (*joint, *reverse, *((RANDOM,) if random_arms(scores.inputs) else ()), BASE)


def _sizes(scores: RunScores) -> dict[str, int]:
    """Test items by domain, from any record."""
    for record in scores.inputs.records.values():
        return {name: len(record.scores["test"][name].items) for name in scores.domains}
    return {}


def _blocks(scores: RunScores, arm: str, sizes: dict[str, int]) -> dict[str, Array]:
    """Domain → (seeds, items); a missing seed is a row of NaN."""
    found = scores.by_seed(arm)
    return {
        name: np.stack(
            [found[seed][name] if seed in found else np.full(size, np.nan) for seed in scores.inputs.curriculum.seeds]
        )
        for name, size in sizes.items()
    }
