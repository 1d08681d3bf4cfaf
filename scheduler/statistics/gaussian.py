"""Gaussian-process regression with a given covariance: a posterior, and how probable the data are.

Rasmussen & Williams 2006, algorithm 2.1. Sizes here are hundreds, so plain Cholesky factors do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular

from scheduler.measurements import Array

JITTER = 1e-10
"""Relative to the mean prior variance: keeps the factor of a singular covariance finite."""


@dataclass(frozen=True)
class Posterior:
    """Jointly normal values: `mean` (m,), `covariance` (m, m), without observation noise."""

    mean: Array
    covariance: Array

    @property
    def deviation(self) -> Array:
        """Standard deviations, (m,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def sample(self, count: int, rng: np.random.Generator) -> Array:
        """Draws, (count, m); by eigenvalues, since the covariance may be singular."""
        values, vectors = np.linalg.eigh((self.covariance + self.covariance.T) / 2)
        factor = vectors * np.sqrt(np.maximum(values, 0.0))
        return np.asarray(self.mean + rng.standard_normal((count, len(self.mean))) @ factor.T)


def marginals(seen: Array, across: Array, variances: Array, values: Array, noise: Array) -> tuple[Array, Array]:
    """Mean and standard deviation at each asked point, (m,) both, from a prior of mean 0 and these `variances` (m,).

    Covariances: `seen` (n, n) of the observed points, `across` (n, m). `values` (n,) were observed with noise variances
    `noise` (n,); n ≥ 1.
    """
    factor = _factor(seen, noise)
    solved = solve_triangular(factor, across, lower=True)
    mean = across.T @ cho_solve((factor, True), values)
    return np.asarray(mean), np.sqrt(np.maximum(variances - (solved**2).sum(axis=0), 0.0))


def left_out(seen: Array, values: Array, noise: Array) -> Array:
    """How far each value lies from what all others predict for it, in that prediction's deviations, (n,).

    Rasmussen & Williams 2006, equations 5.10 to 5.12.
    """
    inverse = cho_solve((_factor(seen, noise), True), np.eye(len(values)))
    return np.asarray(inverse @ values / np.sqrt(np.diag(inverse)))


def log_evidence(seen: Array, values: Array, noise: Array) -> float:
    """Logarithm of the probability density of `values` (n,) under the prior: what hyperparameters maximise."""
    factor = _factor(seen, noise)
    whitened = solve_triangular(factor, values, lower=True)
    return float(-0.5 * whitened @ whitened - np.log(np.diag(factor)).sum() - 0.5 * len(values) * np.log(2 * np.pi))


def _factor(seen: Array, noise: Array) -> Array:
    total = seen + np.diag(noise)
    scale = max(float(np.trace(total)) / len(total), 1e-300)
    return np.asarray(cholesky(total + JITTER * scale * np.eye(len(total)), lower=True))
