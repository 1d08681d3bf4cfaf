"""What choosing an order is expected to cost against the best one, and what not choosing would."""

from __future__ import annotations

import numpy as np

from scheduler.linear_ordering.exact import Solutions
from scheduler.measurements import Array, Path
from scheduler.prediction.predict import counted, counted_on_average


def regrets(order: Path, best: Solutions, weights: Array, draws: Array) -> tuple[float, float]:
    """Mean over draws of B of the best order's total minus that of `order`, and minus that of a random order.

    `draws` are (draws, trained, affected) over `best.domains`, `weights` theirs, and `best` what solves each draw. The
    draws must come from shrunk effects: noise makes other orders look better than the chosen one.
    """

    def lost(mask: Array) -> float:
        totals = np.einsum("dij,ij->d", draws, mask * weights)
        return max(0.0, float(np.mean(best.gains[:, 0] - totals)))

    return lost(counted(order, best.domains)), lost(counted_on_average(best.domains, best.domains))
