"""Jointly normal values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array


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
