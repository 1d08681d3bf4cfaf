"""Honest intervals from few seeds and many items, in closed form.

Scores of a domain are an array (seeds, items). Every seed is evaluated on the same items, so seeds and items are
crossed. Of a sum over domains of their means, the parts of the variance are estimated by crossed analysis of variance
(Searle, Casella & McCulloch 1992, Variance Components, chapter 4), with S seeds and I items a domain:

    V_seed = var(sums by seed) / S
    V_cell = Σ over domains of MSE / (S · I)
    V_item = Σ over domains of var(means by item) / I − V_cell, at least 0

`MSE` is what neither seed nor item explains: the noise of single cells, seed × item. It is in both variances of means,
and counted once, with the seeds. The half-width of an interval is the larger of

    √(t²(S − 1) · V_seed + t²(I − 1) · V_item)      and      t(I − 1) · √(V_item + V_cell)

where t(·) are Student's quantiles, of I the fewest items of a domain. The first alone would do if V_seed were sure, but
it rests on few values: three seeds that agree by chance would leave nothing. The second is what the items demand where
seeds make no difference at all; it matters where seeds hardly differ, above all at scores near 0, where three seeds
are often exactly equal. With one seed `V_seed` and `V_cell` are unknown: intervals cover the items only.
`python -m benchmarks.coverage` simulates how often all this is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit

from domains.interval import Interval
from scheduler.measurements import Array

Key = TypeVar("Key", bound=Hashable)

LEVEL = 0.95
LEAST_P = 1e-15
"""Smaller p values are told as this."""
Blocks = Mapping[str, Array]
"""domain → (seeds, items). The statistic of some blocks is the sum over domains of their means."""


@dataclass(frozen=True)
class Spread:
    """The variance of a statistic by its sources. All three are quadratic in the blocks."""

    seeds: int
    """How many there were."""
    items: int
    """Of the domain that has the fewest; those with one alone say nothing of how items vary and are not counted."""
    by_seed: float
    """Variance from training seeds and from single cells; 0 where there was one seed."""
    by_mean: float
    """Variance from items and from single cells: that of the items' means over seeds."""
    by_cell: float
    """Variance from single cells, which both of the others hold; 0 where there was one seed."""

    @property
    def by_item(self) -> float:
        """Variance from which items were drawn."""
        return max(0.0, self.by_mean - self.by_cell)

    @property
    def error(self) -> float:
        """Standard error."""
        return math.sqrt(self.by_seed + self.by_item)

    def half_width(self, level: float = LEVEL) -> float:
        """Of the two-sided interval at this level."""
        return self.reach(1 - level)

    def about(self, estimate: float, level: float = LEVEL) -> Interval:
        """The estimate with its interval."""
        half = self.half_width(level)
        return Interval.of(estimate, estimate - half, estimate + half, self.seeds)

    def reach(self, p: float) -> float:
        """The size that an estimate needs for its two-sided p value to be `p`: half of the interval at 1 − `p`."""
        by_seed, by_item = quantile(self.seeds - 1, p / 2), quantile(self.items - 1, p / 2)
        crossed = math.hypot(by_seed * math.sqrt(self.by_seed), by_item * math.sqrt(self.by_item))
        return max(crossed, by_item * math.sqrt(self.by_item + self.by_cell))

    def p_value(self, estimate: float) -> float:
        """One minus the level at which the interval about `estimate` just touches 0; 1 where that is 0."""
        size = abs(estimate)
        if size == 0:
            return 1.0
        if self.reach(LEAST_P) <= size:
            return LEAST_P
        # By the logarithm of p, so that small ones are found as exactly as large ones.
        return math.exp(brentq(lambda log: self.reach(math.exp(log)) - size, math.log(LEAST_P), 0.0))


def quantile(freedom: int, tail: float) -> float:
    """The value that Student's t exceeds with probability `tail`; 0 without a degree of freedom, for nothing varies."""
    return -float(stdtrit(freedom, tail)) if freedom > 0 else 0.0


def spread(blocks: Blocks) -> Spread:
    """The variances of the blocks' statistic. ValueError where their numbers of seeds differ, or there are no seeds."""
    counts = {block.shape[0] for block in blocks.values()}
    if len(counts) != 1 or 0 in counts:
        raise ValueError(f"all domains need the same seeds, at least one, got {sorted(counts)}")
    seeds = counts.pop()
    sums = np.sum([block.mean(axis=1) for block in blocks.values()], axis=0)
    parts = [_by_mean_and_cell(block) for block in blocks.values()]
    return Spread(
        seeds=seeds,
        items=min((block.shape[1] for block in blocks.values() if block.shape[1] > 1), default=1),
        by_seed=float(sums.var(ddof=1)) / seeds if seeds > 1 else 0.0,
        by_mean=sum(mean for mean, _ in parts),
        by_cell=sum(cell for _, cell in parts),
    )


def total(blocks: Blocks) -> float:
    """The statistic: the sum over domains of the blocks' means."""
    return float(sum(block.mean() for block in blocks.values()))


def interval(blocks: Blocks, level: float = LEVEL) -> Interval:
    """The statistic of some blocks with its interval. With one seed it covers items only."""
    return spread(blocks).about(total(blocks), level)


def standard_error(blocks: Blocks) -> float:
    """Standard error of the statistic over seeds and items."""
    return spread(blocks).error


def p_value(blocks: Blocks) -> float:
    """Two-sided p of the statistic against 0."""
    return spread(blocks).p_value(total(blocks))


def holm(p_values: Mapping[Key, float | None]) -> dict[Key, float]:
    """p values corrected for their number by Holm (1979, Scandinavian Journal of Statistics 6(2)), by the same keys,
    smallest first. What has none was not tested: it counts for nothing, and is left out."""
    tested = [(p, key) for key, p in p_values.items() if p is not None]
    corrected, highest = {}, 0.0
    for rank, (p, key) in enumerate(sorted(tested, key=lambda one: one[0])):
        highest = max(highest, min(1.0, (len(tested) - rank) * p))
        corrected[key] = highest
    return corrected


def _by_mean_and_cell(block: Array) -> tuple[float, float]:
    """Variance of a block's mean from its items and single cells, and that from single cells."""
    seeds, items = block.shape
    if items < 2:
        return 0.0, 0.0
    means = block.mean(axis=0)
    centred = means - means.mean()
    by_mean = float(centred @ centred) / (items - 1) / items
    if seeds < 2:
        return by_mean, 0.0
    rest = block - means
    rest -= rest.mean(axis=1, keepdims=True)
    return by_mean, float(np.vdot(rest, rest)) / ((seeds - 1) * (items - 1)) / (seeds * items)
