"""What an order should score, if own-stage training saturates and transfer is constant and additive.

    trained j:  base_j + B[j→j] + Σ_{i trained after j} B[i→j]
    left out j: base_j + Σ_{i trained} B[i→j]

(the linear ordering problem's objective; see docs/science.md). Nothing is clipped to [0, 1]: a prediction
outside says that additivity cannot hold, and clipping would hide it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from scheduler.measurements import Array


def counted(order: Sequence[str], domains: Sequence[str]) -> Array:
    """Which effects count: (trained, affected), 1 where B[i→j] enters the score of j after `order`."""
    place = {name: position for position, name in enumerate(order)}
    mask = np.zeros((len(domains), len(domains)))
    for i, trained in enumerate(domains):
        if trained in place:
            for j, affected in enumerate(domains):
                mask[i, j] = place[trained] >= place.get(affected, -1)
    return mask


def predict(order: Sequence[str], domains: Sequence[str], base: Array, transfer: Array) -> Array:
    """Predicted score per domain: shape (domains,)."""
    return np.asarray(base + (counted(order, domains) * transfer).sum(axis=0))


def counted_on_average(domains: Sequence[str], kept: Collection[str]) -> Array:
    """The mean of `counted` over all orders of the domains in `kept`: every pair of them stands half of the time."""
    mask = counted(tuple(kept), domains)
    at = [index for index, name in enumerate(domains) if name in kept]
    mask[np.ix_(at, at)] = 0.5 + 0.5 * np.eye(len(at))
    return mask
