"""The subsets of some objects, numbered by their bits: what dynamic programming over them goes through."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scheduler.linear_ordering.problem import Ints
from scheduler.measurements import Array


@lru_cache(maxsize=4)
def bits(size: int) -> Array:
    """Membership (sets, n) of every set."""
    return ((np.arange(1 << size)[:, None] >> np.arange(size)) & 1).astype(np.float64)


@lru_cache(maxsize=4)
def layers(size: int) -> tuple[tuple[Ints, Ints], ...]:
    """For each cardinality k ≥ 1 the sets (m,) and their members (m, k), largest first."""
    whole = bits(size).astype(np.int64)
    found = []
    for count in range(1, size + 1):
        sets = np.flatnonzero(whole.sum(axis=1) == count)
        members = np.nonzero(whole[sets][:, ::-1])[1].reshape(len(sets), count)
        found.append((sets, size - 1 - members))
    return tuple(found)
