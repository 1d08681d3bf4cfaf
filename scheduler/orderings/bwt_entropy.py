"""Measured transfer where it is decided, falling entropy first where it is not.

The margin of putting i before j, D_ij = w_i·B[j→i] − w_j·B[i→j], is measured with a variance v_ij (over
seeds and items). The hypothesis of scheduler/orderings/entropy.py is its prior, with ΔH_i the change of entropy:

    D_ij ~ N(κ·(ΔH_j − ΔH_i), τ²)

τ² is half of the margins' mean square, noise taken off, but at least `LEAST`²; κ is such that the prior's means have
the same mean square τ². So the hypothesis is credited with half of what margins there are. The order is the exact
one for the posterior means (τ²·D + v·κ·ΔΔH) / (τ² + v): with v = 0 it is bwt's, and as v grows it becomes entropy's.
"""

from __future__ import annotations

import numpy as np

from scheduler.linear_ordering.best_orders import solve
from scheduler.measurements import Array
from scheduler.orderings.base import OrderingInput
from scheduler.orderings.entropy import entropy_keys

LEAST = 0.002
"""Margins of a fifth of a point of one weighted score or less are as good as none."""


def bwt_entropy(data: OrderingInput) -> tuple[str, ...]:
    """Exact for the posterior mean margins, within the limits."""
    if len(data.domains) < 2:
        return data.domains
    margins = posterior_margins(data)
    even = np.ones(len(data.domains))
    return solve(data.domains, even, -margins[None] / 2, wrong=data.wrong, limits=data.limits).order(0)


def posterior_margins(data: OrderingInput) -> Array:
    """Posterior mean of what putting i before j gains: (i, j), antisymmetric."""
    gains = data.transfer * data.weights
    measured = gains.T - gains
    variance = data.margin_variance if data.margin_variance.size else np.zeros_like(measured)
    pairs = np.triu_indices(len(measured), 1)
    keys = np.array(entropy_keys(data))
    falls = keys[None, :] - keys[:, None]
    spread = max(LEAST**2, float(np.mean(measured[pairs] ** 2 - variance[pairs])) / 2)
    size = float(np.sqrt(np.mean(falls[pairs] ** 2)))
    prior = np.sqrt(spread) * falls / size if size > 0 else np.zeros_like(falls)
    return np.asarray((spread * measured + variance * prior) / (spread + variance))
