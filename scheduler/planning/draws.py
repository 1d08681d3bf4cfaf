"""What the effects are expected to be among the domains that are trained, and what they may be."""

from __future__ import annotations

import numpy as np

from scheduler.linear_ordering.best_orders import DRAWS
from scheduler.measurements import Array, Path
from scheduler.statistics.shrinkage import Shrunk

CELLS = 40_000_000
"""Work for solving all draws; above 11 domains fewer are solved, at least `DRAWS`."""


def expected(shrunk: Shrunk, names: Path) -> Array:
    """Among these domains, (trained, affected)."""
    at = [shrunk.domains.index(name) for name in names]
    return shrunk.mean[np.ix_(at, at)]


def drawn(shrunk: Shrunk, names: Path, resamples: int, seed: int) -> Array:
    """Draws of the same, (draws, trained, affected)."""
    size = len(names)
    draws = shrunk.sample(min(resamples, max(DRAWS, CELLS // (size << size))), seed)
    at = [shrunk.domains.index(name) for name in names]
    return draws[:, at][:, :, at]
