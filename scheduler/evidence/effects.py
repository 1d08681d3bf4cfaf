"""Weighted sums of effects, Σ c_ij·B[i→j], with interval and p: from the probes, or from the transfer model.

Whatever a plan claims is such a sum: a domain's own gain, what a precedence gains, one order's total minus another's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from domains.interval import Interval
from scheduler.evidence.transfer import effect
from scheduler.measurements import Array, Measurements
from scheduler.statistics.gaussian import Posterior
from scheduler.statistics.intervals import LEVEL, Blocks, spread, total
from scheduler.statistics.shared_draw import doubted, grains


@dataclass(frozen=True)
class Finding:
    """A sum of effects: its interval, and its two-sided p against 0."""

    gain: Interval
    p: float


Judge = Callable[[Array], Finding]
"""Coefficients (trained, affected), the domains' weights included → what is known of the sum."""


def by_probes(m: Measurements) -> Judge:
    """Paired by seed and item; with one seed interval and p cover the items only. All effects are against one draw of
    the base's answers, whose luck enters with their coefficients' sum."""
    worth = grains(m)

    def judge(coefficients: Array) -> Finding:
        blocks = combined(m, coefficients)
        luck = dict(zip(m.domains, coefficients.sum(axis=0) * worth, strict=True))
        found = spread({name: doubted(block, luck[name]) for name, block in blocks.items()})
        return Finding(found.about(total(blocks)), found.p_value(total(blocks)))

    return judge


def by_posterior(effects: Posterior, seeds: int) -> Judge:
    """From `PathModel.effects()`: jointly normal base and B, affected domain by domain."""

    def judge(coefficients: Array) -> Finding:
        row = np.hstack([np.zeros((len(coefficients), 1)), coefficients.T]).ravel()
        return normal(float(effects.mean @ row), float(row @ effects.covariance @ row), seeds)

    return judge


def normal(estimate: float, variance: float, seeds: int) -> Finding:
    """A normal value, as a model of these seeds knows it."""
    error = float(np.sqrt(max(0.0, variance)))
    half = error * float(ndtri((1 + LEVEL) / 2))
    p = float(2 * ndtr(-abs(estimate) / error)) if error > 0 else float(estimate == 0)
    return Finding(Interval.of(estimate, estimate - half, estimate + half, seeds), p)


def combined(m: Measurements, coefficients: Array) -> Blocks:
    """The sum by seed and item. Domains that no effect enters for are left out; where all are, the first is all 0."""
    blocks = {
        name: np.sum([coefficients[i, j] * effect(m, m.domains[i], j) for i in np.flatnonzero(column)], axis=0)
        for j, (name, column) in enumerate(zip(m.domains, coefficients.T, strict=True))
        if column.any()
    }
    return blocks or {m.domains[0]: np.zeros_like(m.scores[()][0])}
