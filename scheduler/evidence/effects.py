"""Weighted sums of effects, Σ c_ij·B[i→j], with interval and p.

Whatever a plan claims is such a sum: a domain's own gain, what a precedence gains, one order's total minus another's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from domains.interval import Interval
from scheduler.evidence.transfer import effect, moved
from scheduler.measurements import Array, Measurements
from scheduler.statistics.intervals import Blocks, spread, total
from scheduler.statistics.shared_draw import doubted, grains
from scheduler.statistics.unseen import open_by, widened


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
    worth, stirred = grains(m), moved(m)

    def judge(coefficients: Array) -> Finding:
        blocks = combined(m, coefficients)
        luck = dict(zip(m.domains, coefficients.sum(axis=0) * worth, strict=True))
        found = spread({name: doubted(block, luck[name]) for name, block in blocks.items()})
        reach = np.abs(coefficients * stirred[:, None]).max(axis=0)
        left = open_by(blocks, dict(zip(m.domains, reach.tolist(), strict=True)))
        return Finding(widened(found.about(total(blocks)), left), found.p_value(total(blocks)))

    return judge


def combined(m: Measurements, coefficients: Array) -> Blocks:
    """The sum by seed and item. Domains that no effect enters for are left out; where all are, the first is all 0."""
    blocks = {
        name: np.sum([coefficients[i, j] * effect(m, m.domains[i], j) for i in np.flatnonzero(column)], axis=0)
        for j, (name, column) in enumerate(zip(m.domains, coefficients.T, strict=True))
        if column.any()
    }
    return blocks or {m.domains[0]: np.zeros_like(m.scores[()][0])}
