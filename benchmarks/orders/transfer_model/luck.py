"""Chance in training: two runs of the same stages end at different scores, and later stages start from there.

Whatever order is planned will be trained anew, so what luck did to the paths that were trained is noise; but paths
that begin with the same stages share the luck of those, for they were trained once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.measurements import Array, Path


def common(paths: Sequence[Path]) -> Array:
    """How many leading stages each two paths share, (paths, paths)."""
    longest = max((len(path) for path in paths), default=0)
    found = np.zeros((len(paths), len(paths)))
    for depth in range(1, longest + 1):
        names = [path[:depth] if len(path) >= depth else None for path in paths]
        found += [[one is not None and one == other for other in names] for one in names]
    return found


def inherited(paths: Sequence[Path], inherit: float) -> Array:
    """Covariance of luck, (paths, paths), if each stage adds luck of variance 1 and keeps this share of what was there.

    Two paths that share m of their a and b stages: Σ over k = 1 … m of inherit^(a − k) · inherit^(b − k).
    """
    lengths = np.array([len(path) for path in paths], float)
    shared, total = common(paths), lengths[:, None] + lengths[None, :]
    found = np.zeros_like(shared)
    for stage in range(1, int(shared.max(initial=0)) + 1):
        found += np.where(shared >= stage, inherit ** np.maximum(total - 2 * stage, 0), 0.0)
    return found
