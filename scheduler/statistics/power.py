"""What a design can find: the smallest effect that it would tell from 0, and how many seeds another effect takes.

An effect δ is found with probability `POWER` at `LEVEL` about where

    δ² = c²(S − 1) · V_seed + (t(I − 1; 97.5 %) + t(I − 1; 80 %))² · V_item

c is the non-centrality at which Student's t with S − 1 degrees of freedom exceeds its own quantile with that
probability: it is large for few seeds (5.65 for three, 3.46 for five), since their variance is not known either. The
variances are those of `scheduler.statistics.intervals`; more seeds make V_seed smaller, V_item only more items do.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

from scipy.special import nctdtrinc

from scheduler.statistics.intervals import LEVEL, Spread, quantile

POWER = 0.8
FEWEST = 3
"""Seeds below which nothing is claimed: two that agree by chance tell nothing of the noise of training."""
MOST = 1000
"""Seeds beyond which more of them are no advice."""
TAIL = (1 - LEVEL) / 2


def detectable(found: Spread) -> float | None:
    """The smallest effect, in the statistic's unit, that as many seeds and items find; None with two seeds or fewer."""
    if found.seeds < FEWEST:
        return None
    by_seed, by_item = _by_seed(found.seeds - 1), _by_item(found.items - 1)
    crossed = math.hypot(by_seed * math.sqrt(found.by_seed), by_item * math.sqrt(found.by_item))
    return max(crossed, by_item * math.sqrt(found.by_item + found.by_cell))


def seeds_needed(found: Spread, effect: float) -> int | None:
    """The fewest seeds that find `effect` on the same items; None where 1,000 would not, or one seed says nothing."""
    if found.seeds < 2 or not _finds(found, MOST, effect):
        return None
    low, high = FEWEST - 1, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _finds(found, middle, effect) else (middle, high)
    return high


def items_needed(found: Spread, items: int, effect: float) -> int:
    """Items in place of `items` with which seeds can find `effect`: the items' part of its square is a half."""
    part = 2 * _by_item(found.items - 1) ** 2 * found.by_item / effect**2
    return math.ceil(items * part)


def _finds(found: Spread, seeds: int, effect: float) -> bool:
    share = found.seeds / seeds
    by_cell = share * found.by_cell
    more = replace(found, seeds=seeds, by_seed=share * found.by_seed, by_mean=found.by_item + by_cell, by_cell=by_cell)
    size = detectable(more)
    return size is not None and size <= effect


@cache
def _by_seed(freedom: int) -> float:
    return float(nctdtrinc(freedom, 1 - POWER, quantile(freedom, TAIL)))


@cache
def _by_item(freedom: int) -> float:
    return quantile(freedom, TAIL) + quantile(freedom, 1 - POWER)
