"""Per-item values of statistics that are no means, so that they can be paired like everything else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.measures.calibration import Array

Statistic = Callable[[Array, Array], float | None]
GROUPS = 200
"""Items beyond that many are left out in so many groups of neighbours."""


def pseudo_values(statistic: Statistic, confidence: Array, right: Array, groups: int = GROUPS) -> Array | None:
    """Tukey's pseudo-values G·θ − (G−1)·θ without group g, shape (groups,), of a statistic of (items, samples).

    Up to `groups` items each is a group of its own. The values' mean is θ less most of its bias, and they vary as items
    do (for AUROC: DeLong et al. 1988). All samples of an item leave together. None where the statistic does not exist,
    with or without one of the groups.
    """
    parts = np.array_split(np.arange(len(confidence)), min(groups, len(confidence)))
    whole, count = statistic(confidence, right), len(parts)
    without = [statistic(np.delete(confidence, at, axis=0), np.delete(right, at, axis=0)) for at in parts]
    there = [value for value in without if value is not None]
    if whole is None or len(there) < count or count < 2:
        return None
    return count * whole - (count - 1) * np.array(there)
