"""What a rule of adaptive mixing is told, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.measurements import Array
from scheduler.mixing import Probe, Seen

NOISE = 1e-4


def seen(
    scores: Sequence[Sequence[float]],
    shares: Sequence[Sequence[float]] | None = None,
    *,
    kept: Sequence[float] = (1, 1, 1),
    weights: Sequence[float] = (1, 1, 1),
    rounds: int = 4,
    effects: Array | None = None,
    probe: Probe | None = None,
) -> Seen:
    """The base's scores and those after each round; without `shares` the rounds were as joint training."""
    told, even = np.array(scores, float), np.array(kept, float) / sum(kept)
    mixed = np.tile(even, (len(told) - 1, 1)) if shares is None else np.array(shares, float)
    pace = np.full((rounds, len(even)), len(even) / rounds)
    noise = np.full_like(told, NOISE)
    return Seen(np.array(weights, float) / sum(weights), even, pace, mixed, told, noise, effects, probe)


def own_effects(means: Sequence[float], deviations: Sequence[float] = (0, 0, 0), draws: int = 60) -> Array:
    """Draws of B where no domain does anything to another, (draws, trained, affected)."""
    found = np.zeros((draws, len(means), len(means)))
    at = np.arange(len(means))
    normal = np.random.default_rng(0).standard_normal((draws, len(means)))
    found[:, at, at] = np.array(means) + np.array(deviations) * normal
    return found
