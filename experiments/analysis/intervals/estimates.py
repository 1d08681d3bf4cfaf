"""Means with intervals from item values by seed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.analysis.report_parts import TOTAL, SeedInterval
from experiments.analysis.scores import Block, RunScores
from experiments.analysis.words import finite
from scheduler.statistics.intervals import interval
from scheduler.statistics.unseen import open_by, widened

NOTHING = SeedInterval.unknown("no seed finished")


def estimate_all(blocks: Mapping[int, Block], scores: RunScores) -> dict[str, SeedInterval]:
    """Each domain, then the total."""
    alone = {name: estimate(blocks, scores, {name: 1.0}) for name in scores.domains}
    return {**alone, TOTAL: estimate(blocks, scores, scores.weights)}


def score_all(blocks: Mapping[int, Block], scores: RunScores) -> dict[str, SeedInterval]:
    """The same of scores, which no interval may leave: the blocks hold values in [0, 1], no differences."""
    return {name: within(found) for name, found in estimate_all(blocks, scores).items()}


def estimate(
    blocks: Mapping[int, Block],
    scores: RunScores,
    weights: Mapping[str, float],
    scales: Mapping[str, float] | None = None,
) -> SeedInterval:
    """Σ over domains of weight × mean over items, over the seeds that have all of these domains. `scales`: by how much
    an item of each domain may move that sum; by default its weight."""
    kept = {seed: block for seed, block in blocks.items() if all(name in block for name in weights)}
    if not kept:
        return NOTHING
    arrays = {name: weight * np.stack([block[name] for block in kept.values()]) for name, weight in weights.items()}
    found = widened(interval(arrays), open_by(arrays, scales or weights))
    per_seed = dict(zip(kept, sum(array.mean(axis=1) for array in arrays.values()), strict=True))
    return SeedInterval(
        **found.model_dump(),
        per_seed=tuple(_value(per_seed.get(seed)) for seed in scores.inputs.curriculum.seeds),
    )


def within(found: SeedInterval) -> SeedInterval:
    """A score's interval without what lies outside [0, 1], where no score can be."""
    if found.ends is None:
        return found
    low, middle, high = (min(1.0, max(0.0, value)) for value in (found.ends[0], found.value, found.ends[1]))
    return found.model_copy(update={"low": low, "estimate": middle, "high": high})


def _value(value: float | None) -> float | None:
    return None if value is None else finite(float(value))
