"""What items of which most did alike leave open: that others of their kind would not.

Where half of a domain's cells (seed × item) or more have the very same value, as where nothing moved, how they vary
says little of what was not drawn: none of 40 items moved, and one item in twenty may, with every seed. By the rule of
three (Hanley and Lippman-Hand 1983, JAMA 249(13)) up to 3 of n others may. An interval is therefore never narrower than
that of n items alike and two more, one of which moved all the way up and one down (Agresti and Caffo 2000, The American
Statistician 54(4)): ± .07 for 40 items. Noisier values have wider intervals than that by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from domains.interval import Interval
from scheduler.measurements import Array
from scheduler.statistics.intervals import LEVEL, Blocks, quantile

DIGITS = 9
"""Decimals to which values are compared."""


def alike(block: Array) -> bool:
    """Whether half of the values or more are one and the same."""
    return bool(2 * np.unique(np.round(block, DIGITS), return_counts=True)[1].max(initial=0) >= block.size)


def least(items: int, level: float = LEVEL) -> float:
    """Half-width at this level that so many items leave open however alike they are; each moves by 1 at most."""
    return quantile(items + 1, (1 - level) / 2) * math.sqrt(2 / (items + 1) / (items + 2))


def open_by(blocks: Blocks, scales: Mapping[str, float]) -> float:
    """The same of the blocks' sum, by the domain that leaves most open; 0 where values vary in all. `scales`: by how
    much an item of each domain may move."""
    return max((abs(scales[name]) * least(block.shape[1]) for name, block in blocks.items() if alike(block)), default=0)


def widened(found: Interval, half: float) -> Interval:
    """The interval, reaching at least `half` to both sides."""
    if found.ends is None:
        return found
    low, high = found.ends
    return Interval.of(found.value, min(low, found.value - half), max(high, found.value + half), found.n)


def hidden(blocks: Blocks, scales: Mapping[str, float], size: float) -> float:
    """The probability, at most, that all of these items did alike although others move the sum by `size` in truth.

    No item moves it by more than its scale, so at least a share `size` / scale of them moves. Seeds do not count: an
    item that moves may do so with all of them.
    """
    counted = [block.shape[1] / scales[name] for name, block in blocks.items() if scales[name] and alike(block)]
    return math.exp(-size * min(counted)) if counted else 0.0
