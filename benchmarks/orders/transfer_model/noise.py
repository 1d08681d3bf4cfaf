"""How noisy the mean score after a path is, apart from what all paths share."""

from __future__ import annotations

import numpy as np

from scheduler.measurements import Array, Measurements


def node_noise(m: Measurements) -> Array:
    """Variance of a path's mean score about its own expectation, (domains,); pooled over paths.

    A seed's or an item's own level shifts all paths alike and so no order; what is left is how seeds, and items,
    differ in what a path does to them: the residuals of path × seed and of path × item, each over its count.
    """
    return np.array([_one([blocks[j] for blocks in m.scores.values()]) for j in range(len(m.domains))])


def _one(blocks: list[Array]) -> float:
    """`blocks` are (seeds, items), one a path."""
    by_seed = np.stack([block.mean(axis=1) for block in blocks])
    by_item = np.stack([block.mean(axis=0) for block in blocks])
    return _interaction(by_seed) + _interaction(by_item)


def _interaction(table: Array) -> float:
    """Residual variance of (paths, replicates) after both means, divided by the replicates; 0 with just one."""
    paths, count = table.shape
    if count < 2 or paths < 2:
        return 0.0
    rest = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
    return float((rest**2).sum() / ((paths - 1) * (count - 1)) / count)
