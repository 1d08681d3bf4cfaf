"""Per-item values of statistics that are no means, so that they can be paired like everything else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.measures.calibration import Array

Statistic = Callable[[Array, Array], float | None]


def pseudo_values(statistic: Statistic, confidence: Array, right: Array) -> Array | None:
    """Tukey's pseudo-values I·θ − (I−1)·θ without item i, shape (items,), of a statistic of (items, samples).

    Their mean is θ less most of its bias, and they vary as items do (for AUROC: DeLong et al. 1988). All samples of an
    item leave together. None where the statistic does not exist, with or without one of the items.
    """
    whole, count = statistic(confidence, right), len(confidence)
    without = [statistic(np.delete(confidence, at, axis=0), np.delete(right, at, axis=0)) for at in range(count)]
    there = [value for value in without if value is not None]
    if whole is None or len(there) < count or count < 2:
        return None
    return count * whole - (count - 1) * np.array(there)
