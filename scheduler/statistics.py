"""Honest intervals from few seeds and many items.

Scores of a domain are an array (seeds, items). Every seed is evaluated on the same items, so seeds and items
are crossed: both are resampled, independently, items once per domain and shared by everything that is
compared. The mean of resample r is

    mean + Σ_s u[r, s] · (mean of seed s) + Σ_i v[r, i] · (mean of item i)

`v` are the weights of an ordinary bootstrap of the items. Three seeds have only ten distinct resamples, so
`u` are Gaussian multipliers with the same variance instead (a wild bootstrap). Both are scaled by
sqrt(n / (n − 1)), without which three seeds would show two thirds of their variance. Noise of single cells
(seed × item) enters through both levels: the variance is at most twice too large where that noise dominates,
never too small (Owen 2007, The pigeonhole bootstrap, Annals of Applied Statistics 1(2)).

The percentiles are stretched about the estimate by t(df) / z with the Welch–Satterthwaite degrees of freedom
of the seed and item variances (Satterthwaite 1946, Biometrics Bulletin 2(6)): variances of few seeds are
themselves uncertain. tests/scheduler/test_statistics.py simulates the coverage.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from domains.interval import Interval
from scheduler.measurements import Array

LOW, HIGH = 0.025, 0.975
Z = 1.959963984540054
Blocks = Mapping[str, Array]
"""domain → (seeds, items). The statistic of some blocks is the sum over domains of their means."""


@dataclass(frozen=True)
class Draws:
    """Resampling weights as deviations from equal weights; each row sums to 0."""

    seeds: Array
    """Shape (resamples, seeds)."""
    items: Mapping[str, Array]
    """domain → (resamples, items)."""

    @property
    def count(self) -> int:
        """How many seeds."""
        return int(self.seeds.shape[1])


def draw(blocks: Blocks, *, resamples: int = 2000, seed: int = 0) -> Draws:
    """Weights for blocks of these shapes. A domain's weights depend on its name and size only."""
    counts = {block.shape[0] for block in blocks.values()}
    if len(counts) != 1:
        raise ValueError(f"all domains need the same seeds, got {sorted(counts)}")
    items = {name: _item_weights(name, block.shape[1], resamples, seed) for name, block in blocks.items()}
    return Draws(_seed_weights(counts.pop(), resamples, seed), items)


def _seed_weights(count: int, resamples: int, seed: int) -> Array:
    if count == 1:
        return np.zeros((resamples, 1))
    normal: Array = np.random.default_rng(seed).standard_normal((resamples, count))
    normal -= normal.mean(axis=1, keepdims=True)
    return normal / math.sqrt(count * (count - 1))


def _item_weights(name: str, count: int, resamples: int, seed: int) -> Array:
    if count == 1:
        return np.zeros((resamples, 1))
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    picked = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    weights: Array = picked.astype(np.float64) - 1.0
    return weights / math.sqrt(count * (count - 1))


def bootstrap(blocks: Blocks, draws: Draws) -> Array:
    """The statistic of every resample: shape (resamples,)."""
    per_seed = np.sum([block.mean(axis=1) for block in blocks.values()], axis=0)
    total: Array = float(per_seed.mean()) + draws.seeds @ per_seed
    for name, block in blocks.items():
        total = total + draws.items[name] @ block.mean(axis=0)
    return total


def variances(blocks: Blocks) -> tuple[Array, Array]:
    """Variance of the statistic by source (seeds, then each domain's items), and its degrees of freedom."""
    per_seed = np.sum([block.mean(axis=1) for block in blocks.values()], axis=0)
    sources = [per_seed, *(block.mean(axis=0) for block in blocks.values())]
    kept = [source for source in sources if source.size > 1]
    parts: Array = np.array([float(source.var(ddof=1)) / source.size for source in kept])
    freedom: Array = np.array([source.size - 1.0 for source in kept])
    return parts, freedom


def standard_error(blocks: Blocks) -> float:
    """Standard error of the statistic over seeds and items."""
    return math.sqrt(float(variances(blocks)[0].sum()))


def stretch(blocks: Blocks) -> float:
    """t(df) / z for these blocks; 1 where nothing varies."""
    parts, freedom = variances(blocks)
    spread = float((parts**2 / freedom).sum())
    if spread <= 0:
        return 1.0
    return float(stdtrit(float(parts.sum()) ** 2 / spread, HIGH)) / Z


def stretched(estimate: float, samples: Array, factor: float, seeds: int) -> Interval:
    """Percentile interval of `samples`, stretched about `estimate` by `factor`; it rests on so many `seeds`."""
    low, high = np.quantile(samples, [LOW, HIGH])
    return Interval.of(estimate, estimate + factor * (low - estimate), estimate + factor * (high - estimate), seeds)


def interval(blocks: Blocks, draws: Draws) -> Interval:
    """Estimate and 95 % interval of the sum over domains of the blocks' means. With one seed it covers items only."""
    estimate = float(sum(block.mean() for block in blocks.values()))
    return stretched(estimate, bootstrap(blocks, draws), stretch(blocks), draws.count)
