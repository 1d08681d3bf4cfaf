"""Whether two given models differ on items like these: both answered the same ones, so items are paired.

Were both equally good on every item, which of an item's two scores belongs to which model would be a coin's toss. The
test asks how often such tosses make the mean difference as large as it is (Fisher's sign-flip test). Of answers that
are right or wrong, one an item, it is McNemar's exact test. Training runs are no part of it: there is one of each.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfc

from experiments.measures.regressions import sign_flip
from scheduler.measurements import Array

DRAWS = 20_000
"""Tosses of all items, where p is not reckoned exactly."""
MANY = 2_000
"""Items that differ beyond which the sum of the tosses is as good as normal."""
BLOCK = 1 << 22
"""Tosses that are held at once."""
GRID = 1e-9
"""Differences that are nearer to each other are equal."""


def paired_p(change: Array, samples: int) -> float:
    """Two-sided p of a change of scores by item, (items,); `samples`: answers that an item's score is the mean of.

    Exact for answers that are right or wrong; otherwise from `DRAWS` tosses, always the same, and so at least
    1 / (`DRAWS` + 1); or by the normal distribution where more than `MANY` items differ.
    """
    counts = change * samples
    if np.abs(counts - np.round(counts)).max(initial=0.0) < GRID * samples:
        return sign_flip(np.round(counts).astype(int).tolist())
    sizes = np.abs(change[np.abs(change) > GRID])
    found = abs(float(change.sum()))
    if len(sizes) > MANY:
        return float(erfc(found / np.sqrt(2 * (sizes**2).sum())))
    return _tossed(sizes, found)


def _tossed(sizes: Array, found: float) -> float:
    """Share of the tosses, with the one that happened, whose sum is as far from 0 as `found`."""
    rng, beyond, left = np.random.default_rng(0), 0, DRAWS
    step = max(1, BLOCK // max(1, len(sizes)))
    while left:
        rows = min(step, left)
        signs = rng.integers(0, 2, size=(rows, len(sizes)), dtype=np.int8) * 2 - 1
        beyond += int((np.abs(signs @ sizes) >= found - GRID * len(sizes)).sum())
        left -= rows
    return (1 + beyond) / (1 + DRAWS)
