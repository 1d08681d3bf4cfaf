"""Intervals over training seeds and curricula: Student's t with Welch–Satterthwaite degrees of freedom.

Seeds are nested in curricula: seed 0 of one has nothing to do with seed 0 of another. `within`
takes the curricula as they are: what another run of the same benchmark might show. `across` takes them for a sample,
their means holding the noise of their seeds: what other curricula might show, and wide with three of them. Choices
are judged by the seeds that they did not see, so the judgements of a curriculum share runs: they are not quite
independent, and intervals over them somewhat too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import stdtrit

from domains.interval import Interval
from scheduler.measurements import Array
from scheduler.statistics.intervals import Blocks, total

PLACES = 4


def within(values: Mapping[str, Array]) -> Interval:
    """Mean over curricula of the means over seeds (curriculum → (seeds,)), for these curricula."""
    runs = sum(row.size for row in values.values())
    return _student({name: row[None, :] / len(values) for name, row in values.items()}, runs)


def across(values: Mapping[str, Array]) -> Interval:
    """The same mean, for curricula like these. With one curriculum the interval has no width: it says nothing."""
    return _student({"": np.array([[row.mean() for row in values.values()]])}, len(values))


def described(values: Mapping[str, Array]) -> dict[str, object]:
    """Every curriculum's mean with its interval and, if there are several, the pooled one with both."""
    found: dict[str, object] = {name: spelled(within({name: row})) for name, row in values.items()}
    if len(values) > 1:
        wide = spelled(across(values))
        found["pooled"] = {**spelled(within(values)), "over_curricula": [wide["low"], wide["high"]]}
    return found


def spelled(found: Interval) -> dict[str, float | None]:
    """An interval for JSON."""
    named = {"mean": found.estimate, "low": found.low, "high": found.high}
    return {name: None if value is None else round(value, PLACES) for name, value in named.items()}


def _student(blocks: Blocks, n: int) -> Interval:
    """Of a sum of means over independent seeds, each block (1, seeds)."""
    parts = np.array([block.var(ddof=1) / block.size if block.size > 1 else 0.0 for block in blocks.values()])
    freedom = np.array([max(1.0, block.size - 1.0) for block in blocks.values()])
    estimate, spread = total(blocks), float((parts**2 / freedom).sum())
    student = float(stdtrit(float(parts.sum()) ** 2 / spread, 0.975)) if spread > 0 else 0.0
    half = student * float(np.sqrt(parts.sum()))
    return Interval.of(estimate, estimate - half, estimate + half, n)
