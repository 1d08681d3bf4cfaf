"""The arms of interest against the baselines, on the test split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.analysis.comparing.comparison import Comparison, compare, pair
from experiments.analysis.scores import BASE, RANDOM, RunScores, random_arms
from scheduler.composing.joint import is_plain_joint
from scheduler.measurements import Array


def compare_arms(scores: RunScores) -> tuple[Comparison, ...]:
    """The main arm against all its rivals, and its order in other compositions against plain joint training.

    Where there is no plain joint training these are compared with nothing: beside the base they would seem to prove
    what nobody asked.

    The primary pair comes first, and is there even if it is none of these. More pairs would only take power from these:
    all are corrected for their number.
    """
    main, arms = scores.inputs.main, scores.inputs.schedules
    plain = [arm.name for arm in arms if is_plain_joint(arm)][:1]
    pairs = [(main, baseline) for baseline in baselines(scores) if baseline != main]
    pairs += [(arm.name, joint) for joint in plain for arm in arms if arm.role == "composition" and arm.name != main]
    primary = scores.inputs.primary
    if primary is not None:
        pairs = [primary, *(one for one in pairs if set(one) != set(primary))]
    return compare_pairs(scores, pairs)


def compare_pairs(scores: RunScores, pairs: Sequence[tuple[str, str]]) -> tuple[Comparison, ...]:
    """Each (arm, baseline), the primary one first; where one side has not finished there is nothing to claim.

    None at all while nothing has finished.
    """
    sizes = _sizes(scores)
    if not sizes:
        return ()
    blocks = {arm: _blocks(scores, arm, sizes) for one in pairs for arm in one}
    return compare(
        [pair(arm, baseline, blocks[arm], blocks[baseline], scores.weights) for arm, baseline in pairs],
        scores.inputs.curriculum.comparison.rope,
    )


def baselines(scores: RunScores) -> tuple[str, ...]:
    """Joint arms, what is merged, the reverse order, the mean of random orders, the base."""
    arms = scores.inputs.schedules
    joint = [arm.name for role in ("joint", "merge") for arm in arms if arm.role == role]
    reverse = [arm.name for arm in arms if arm.role == "order" and arm.ordering == "reverse"]
    return (*joint, *reverse, *((RANDOM,) if random_arms(scores.inputs) else ()), BASE)


def _sizes(scores: RunScores) -> dict[str, int]:
    """Test items by domain, from any record."""
    for record in scores.inputs.records.values():
        if record.scores:
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
