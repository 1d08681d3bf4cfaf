"""Whether more confident answers are right more often, whatever their confidences are worth as probabilities.

All that counts of answers is how many right and wrong ones have each confidence: `Levels`. Statistics are functions of
these counts over their last axis, so that a jackknife is one call; NaN where a statistic does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array

GROUPS = 200
"""Items beyond that many are left out in so many groups of neighbours."""


@dataclass(frozen=True)
class Levels:
    """Right and wrong answers at each confidence, the highest first: both (…, levels)."""

    right: Array
    wrong: Array


Statistic = Callable[[Levels], Array]


def levels(confidence: Array, right: Array, groups: int = 1) -> Levels:
    """Counts of (items, …) answers by groups of neighbouring items, (groups, levels)."""
    _, place = np.unique(-confidence.ravel(), return_inverse=True)
    group = np.repeat(np.arange(len(right)) * groups // len(right), right.size // len(right))
    shape = (groups, int(place.max()) + 1)
    cell, size = group * shape[1] + place, shape[0] * shape[1]
    won, lost = (np.bincount(cell, weights=kind, minlength=size) for kind in (right.ravel(), 1 - right.ravel()))
    return Levels(*(np.asarray(counts.reshape(shape), dtype=np.float64) for counts in (won, lost)))


def auroc(found: Levels) -> Array:
    """P(confidence of a right answer > that of a wrong one), ties half (Mann and Whitney 1947)."""
    wins, losses = found.right.sum(-1), found.wrong.sum(-1)
    below = losses[..., None] - np.cumsum(found.wrong, axis=-1)
    pairs = wins * losses
    return _ratio((found.right * (below + found.wrong / 2)).sum(-1), pairs)


def aurc(found: Levels) -> Array:
    """Mean over k of the error rate among the k most confident answers (Geifman and El-Yaniv 2017).

    Answers of equal confidence are in no order: each counts as the mean of their errors. Of n answers with w wrong ones
    after N with E, Σ over j = 1 … n of (E + j·w/n) / (N + j) is w + (E − N·w/n) · (H(N + n) − H(N)); H: harmonic
    numbers.
    """
    size = found.right + found.wrong
    until = np.cumsum(size, axis=-1)
    before, errors = until - size, np.cumsum(found.wrong, axis=-1) - found.wrong
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, int(until.max()) + 1))])
    rate = _ratio(found.wrong, size, 0.0)
    more = harmonic[until.astype(int)] - harmonic[before.astype(int)]
    return _ratio((found.wrong + (errors - before * rate) * more).sum(-1), until[..., -1])


def e_aurc(found: Levels) -> Array:
    """AURC minus that of an oracle which ranks every wrong answer last (Geifman et al. 2019): 0 is the best."""
    wins, losses = found.right.sum(-1), found.wrong.sum(-1)
    oracle = Levels(np.stack([wins, 0 * wins], axis=-1), np.stack([0 * losses, losses], axis=-1))
    return aurc(found) - aurc(oracle)


def of(statistic: Statistic, confidence: Array, right: Array) -> float | None:
    """A statistic of one model's answers; None where it does not exist."""
    value = float(statistic(levels(confidence, right))[0])
    return value if np.isfinite(value) else None


def pseudo_values(statistic: Statistic, confidence: Array, right: Array, groups: int = GROUPS) -> Array | None:
    """Tukey's pseudo-values G·θ − (G−1)·θ without group g, shape (groups,): per-item values of what is no mean.

    Answers are (items, samples); up to `groups` items each is a group of its own, and all its samples leave together.
    The values' mean is θ less most of its bias, and they vary as items do (for AUROC: DeLong et al. 1988), so they are
    paired as per-item values are. None where the statistic does not exist, with or without one of the groups.
    """
    count = min(groups, len(right))
    each = levels(confidence, right, count)
    whole = Levels(each.right.sum(0), each.wrong.sum(0))
    theta = statistic(whole)
    without = statistic(Levels(whole.right - each.right, whole.wrong - each.wrong))
    values = count * theta - (count - 1) * without
    return values if count > 1 and bool(np.isfinite(values).all()) else None


def _ratio(above: Array, below: Array, otherwise: float = np.nan) -> Array:
    """above / below where there is something below."""
    empty = np.full(np.shape(above), otherwise)
    return np.asarray(np.divide(above, below, out=empty, where=np.asarray(below > 0)), dtype=np.float64)
