"""What a proposal is worth: the improvement that is expected of it, for what it newly costs."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from scheduler.measurements import Array


def log_expected_improvement(mean: Array, deviation: Array, best: float) -> Array:
    """Logarithm of E[max(value − best, 0)], (m,), finite also where that is too small for a number.

    With z = (mean − best)/deviation it is deviation · (φ(z) + z·Φ(z)) (Jones et al. 1998); for z far below 0 by
    φ(z)/z² (Ament et al. 2023, arXiv 2310.20708).
    """
    spread = np.maximum(deviation, 1e-12)
    z = (mean - best) / spread
    log_density = -0.5 * z**2 - 0.5 * np.log(2 * np.pi)
    near = np.maximum(z, -5.0)
    close = np.exp(-0.5 * near**2) / np.sqrt(2 * np.pi) + near * np.exp(log_ndtr(near))
    far = log_density - 2 * np.log(np.maximum(-z, 1.0))
    return np.asarray(np.log(spread) + np.where(z > -5.0, np.log(np.maximum(close, 1e-300)), far))
