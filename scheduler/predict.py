"""What an order should score, if own-stage training saturates and transfer is constant and additive.

    trained j:  base_j + B[j→j] + Σ_{i trained after j} B[i→j]
    left out j: base_j + Σ_{i trained} B[i→j]

(the linear ordering problem's objective; see docs/science.md). Nothing is clipped to [0, 1]: a prediction
outside says that additivity cannot hold, and clipping would hide it.
"""

from __future__ import annotations

from collections.abc import Sequence

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
