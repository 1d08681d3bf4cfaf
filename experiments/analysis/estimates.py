"""Means with intervals from item scores by seed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from experiments.analysis.report import TOTAL, SeedInterval
from experiments.analysis.scores import Block, RunScores
from experiments.analysis.words import finite
from scheduler.statistics import Draws, draw, interval

NOTHING = SeedInterval.unknown("no seed finished")


def estimate_all(blocks: Mapping[int, Block], scores: RunScores) -> dict[str, SeedInterval]:
    """Each domain, then the total."""
    alone = {name: estimate(blocks, scores, {name: 1.0}) for name in scores.domains}
    return {**alone, TOTAL: estimate(blocks, scores, scores.weights)}


def estimate(blocks: Mapping[int, Block], scores: RunScores, weights: Mapping[str, float]) -> SeedInterval:
    """Σ over domains of weight × mean over items, over the seeds that have all of these domains."""
    kept = {seed: block for seed, block in blocks.items() if all(name in block for name in weights)}
    if not kept:
        return NOTHING
    arrays = {name: weight * np.stack([block[name] for block in kept.values()]) for name, weight in weights.items()}
    found = interval(arrays, _draws(len(kept), tuple((name, array.shape[1]) for name, array in arrays.items())))
    per_seed = dict(zip(kept, sum(array.mean(axis=1) for array in arrays.values()), strict=True))
    return SeedInterval(
        **found.model_dump(),
        per_seed=tuple(_value(per_seed.get(seed)) for seed in scores.inputs.curriculum.seeds),
    )


@lru_cache(maxsize=64)
def _draws(seeds: int, sizes: tuple[tuple[str, int], ...]) -> Draws:
    """Resampling weights depend on shapes only, and are dear."""
    return draw({name: np.zeros((seeds, count)) for name, count in sizes})


def _value(value: float | None) -> float | None:
    return None if value is None else finite(float(value))
