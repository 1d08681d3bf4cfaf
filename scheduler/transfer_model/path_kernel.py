"""How alike two orders are, complete or begun: what a model of orders generalises by.

A path is a tuple of domains, first to last; it may lack domains (they are not trained yet). Its marks say which
effects count, as in scheduler/prediction/predict.py: mark (i, j) is 1 where i is trained and j is not trained after i.
For complete orders two paths differ in a mark pair for every pair of domains that they put in another order, so the
distance of marks is twice Kendall's; the exponential of minus that distance is the Mallows kernel (Jiao & Vert
2015, arXiv 1412.4939), positive definite for any marks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.measurements import Array, Path
from scheduler.prediction.predict import counted


def marks(paths: Sequence[Path], domains: Sequence[str]) -> Array:
    """(paths, n·n) zeros and ones, rows of the (trained, affected) matrix one after the other."""
    if not paths:
        return np.zeros((0, len(domains) ** 2))
    return np.stack([counted(path, domains).ravel() for path in paths])


def distance(one: Array, other: Array) -> Array:
    """Number of marks that differ, (a, b); for complete orders twice Kendall's distance."""
    return np.asarray(one @ (1 - other).T + (1 - one) @ other.T)


def mallows(one: Array, other: Array, rate: float) -> Array:
    """exp(−rate × share of marks that differ), (a, b)."""
    return np.asarray(np.exp(-rate * distance(one, other) / one.shape[1]))
