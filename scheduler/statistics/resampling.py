"""Joint resamples of many statistics over the same seeds and items, for what has no closed form.

The mean of resample r is

    mean + Σ_s u[r, s] · (mean of seed s) + Σ_i v[r, i] · (mean of item i)

`v` are the weights of an ordinary bootstrap of the items. Three seeds have only ten distinct resamples, so `u` are
Gaussian multipliers with the same variance instead (a wild bootstrap). Both are scaled by √(n / (n − 1)), without which
three seeds would show two thirds of their variance. Noise of single cells (seed × item) enters through both: the
variance is at most twice too large where that noise dominates, never too small (Owen 2007, The pigeonhole bootstrap,
Annals of Applied Statistics 1(2)). Intervals do not rest on this; scheduler/statistics/intervals.py has them in closed
form.
"""

from __future__ import annotations

import math
import zlib

import numpy as np

from scheduler.measurements import Array


def seed_weights(count: int, resamples: int, seed: int) -> Array:
    """Weights of this many seeds, (resamples, seeds)."""
    if count == 1:
        return np.zeros((resamples, 1))
    normal: Array = np.random.default_rng(seed).standard_normal((resamples, count))
    normal -= normal.mean(axis=1, keepdims=True)
    return normal / math.sqrt(count * (count - 1))


def item_weights(name: str, count: int, resamples: int, seed: int = 0) -> Array:
    """Weights of a domain's items, (resamples, items): they depend on its name and their number only."""
    if count == 1:
        return np.zeros((resamples, 1))
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    picked = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    weights: Array = picked.astype(np.float64) - 1.0
    return weights / math.sqrt(count * (count - 1))
