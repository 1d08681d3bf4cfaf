"""Gaussian-process regression with a given covariance: what is predicted, and how probable the data are.

Rasmussen & Williams 2006, algorithm 2.1. Sizes here are hundreds, so plain Cholesky factors do. A search makes
thousands of small ones, so LAPACK is asked itself: SciPy's checks would take longer than the factors.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtrs

from scheduler.measurements import Array

JITTER = 1e-10
"""Relative to the mean prior variance: keeps the factor of a singular covariance finite."""


def factored(seen: Array, noise: Array | float) -> Array:
    """Lower Cholesky factor of the covariance of what was observed: of the points `seen` (n, n), and of their noise,
    whose variances are `noise`, (n,) or one for all; n ≥ 1. LinAlgError where it is not positive definite."""
    total = np.array(seen, order="F")
    diagonal = np.einsum("ii->i", total)
    diagonal += noise
    diagonal += JITTER * max(float(total.trace()) / len(total), 1e-300)
    factor, info = dpotrf(total, lower=True, overwrite_a=True)
    if info:
        raise np.linalg.LinAlgError(f"the covariance of {len(total)} points is not positive definite")
    return np.asarray(factor)


def marginals(factor: Array, across: Array, variances: Array, values: Array) -> tuple[Array, Array]:
    """Mean and standard deviation at each asked point, (m,) both, from a prior of mean 0 and these `variances` (m,).

    `factor` is the `factored` covariance of the observed `values` (n,), `across` (n, m) theirs with what is asked.
    """
    solved, _ = dtrtrs(factor, across, lower=True)
    weights, _ = dpotrs(factor, values, lower=True)
    return np.asarray(across.T @ weights), np.sqrt(np.maximum(variances - (solved**2).sum(axis=0), 0.0))


def left_out(factor: Array, values: Array) -> Array:
    """How far each value lies from what all others predict for it, in that prediction's deviations, (n,).

    Rasmussen & Williams 2006, equations 5.10 to 5.12.
    """
    inverse, _ = dpotrs(factor, np.eye(len(values)), lower=True)
    return np.asarray(inverse @ values / np.sqrt(np.diag(inverse)))


def log_evidence(factor: Array, values: Array) -> float:
    """Logarithm of the probability density of `values` (n,) under the prior: what hyperparameters maximise."""
    whitened, _ = dtrtrs(factor, values, lower=True)
    return float(-0.5 * whitened @ whitened - np.log(factor.diagonal()).sum() - 0.5 * len(values) * np.log(2 * np.pi))
