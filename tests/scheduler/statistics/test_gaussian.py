"""Gaussian-process regression against its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from scheduler.statistics.gaussian import factored, log_evidence, marginals
from tests.support.properties import examples


def kernel(points, rate=1.0):
    return np.exp(-rate * (points[:, None] - points[None]) ** 2)


@given(st.integers(0, 1000), st.integers(1, 8), st.integers(1, 6))
@examples(30)
def test_posterior_equals_conditioning_the_joint_normal(seed, n, m):
    rng = np.random.default_rng(seed)
    points, noise, values = rng.normal(size=n + m), rng.uniform(0.01, 1, n), rng.normal(size=n)
    whole = kernel(points)
    factor = factored(whole[:n, :n], noise)
    mean, deviation = marginals(factor, whole[:n, n:], np.diag(whole[n:, n:]), values)
    gain = whole[n:, :n] @ np.linalg.inv(whole[:n, :n] + np.diag(noise))
    assert mean == pytest.approx(gain @ values, abs=1e-6)
    # The root of a small variance is ill-conditioned, its square is not.
    assert deviation**2 == pytest.approx(np.diag(whole[n:, n:] - gain @ whole[:n, n:]), abs=1e-6)
    density = multivariate_normal(np.zeros(n), whole[:n, :n] + np.diag(noise)).logpdf(values)
    assert log_evidence(factor, values) == pytest.approx(density, abs=1e-5)
