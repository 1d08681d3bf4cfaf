"""Whether a model's confidence in an answer tells whether it is right.

Confidence c in [0, 1] and outcome z in {0, 1} are arrays of equal shape, of the answers of one model. What ranks
answers is in `ranking.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.measurements import Array

BINS = 15
"""Of equal mass, for the expected calibration error."""
SURE = 0.8
"""From this confidence on a wrong answer is confidently wrong."""


def brier(confidence: Array, right: Array) -> Array:
    """(c − z)² of each answer (Brier 1950): its mean is the score, lower is better."""
    return np.asarray((confidence - right) ** 2, float)


def confidence_gap(confidence: Array, right: Array) -> Array:
    """c − z of each answer: its mean is above 0 for an overconfident model."""
    return confidence - right


def confidently_wrong(confidence: Array, right: Array, threshold: float) -> Array:
    """1 for each answer that is wrong with c ≥ `threshold`, else 0."""
    return np.asarray((confidence >= threshold) & (right == 0), float)


def ece(confidence: Array, right: Array, bins: int = BINS) -> float:
    """Σ over bins of equal mass of their share × |their mean c − their mean z| (Nguyen and O'Connor 2015).

    At small n this is mostly noise above 0 and is never to be read without `null_band`. Answers of one confidence share
    their outcomes: which of them a bin takes says nothing.
    """
    found = reliability(confidence, right, bins)
    return float((found.counts * np.abs(found.confidence - found.right)).sum() / confidence.size)


@dataclass(frozen=True)
class Bins:
    """A reliability diagram: answers in bins of equal mass, from the least sure on; each array (bins,)."""

    counts: npt.NDArray[np.intp]
    confidence: Array
    """Its mean."""
    right: Array
    """Share of answers that are right."""


def reliability(confidence: Array, right: Array, bins: int = BINS) -> Bins:
    """The bins of `ece` (DeGroot and Fienberg 1983)."""
    order = np.argsort(confidence.ravel(), kind="stable")
    ordered, counts = confidence.ravel()[order], _counts(order.size, bins)
    means = (_summed(each, bins) / counts for each in (ordered, _shared(ordered, right.ravel()[order])))
    return Bins(counts, *means)


def null_bins(*confidences: Array, bins: int = BINS, draws: int = 400, level: float = 0.95) -> tuple[Array, Array]:
    """Between what ends each bin's share of right answers lies where models are perfectly calibrated, each (bins,).

    Of several models the mean of theirs; simulated as in `null_band`, for each bin alone.
    """
    luck = np.random.default_rng(0).random((draws, len(confidences[0])))
    counts = _counts(confidences[0].size, bins)
    found = np.mean([_summed(_drawn(luck, one)[1], bins) / counts for one in confidences], axis=0)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def null_band(*confidences: Array, bins: int = BINS, draws: int = 400, level: float = 0.95) -> tuple[float, float]:
    """Between what ends the ECE of a perfectly calibrated model with these confidences lies, at this level.

    Of several models, one array (items, samples) each, with the same items; (items,) is one answer an item: the mean of
    their ECEs. Simulated: outcomes are drawn as Bernoulli(c), `draws` times, always the same ones for the same
    confidences. An item is right or wrong as a whole, for all its answers and all models: one uniform number decides,
    so that an answer is right with probability c. Answers to one item mostly say the same, and drawn independently they
    would average out what does not; where they are independent, the band is too high (conservative).
    """
    luck = np.random.default_rng(0).random((draws, len(confidences[0])))
    found = np.mean([_null(luck, one, bins) for one in confidences], axis=0)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _null(luck: Array, confidence: Array, bins: int) -> Array:
    """The ECE of each draw, shape (draws,), by `luck` of shape (draws, items)."""
    ordered, right = _drawn(luck, confidence)
    return np.asarray(np.abs(_summed(ordered - right, bins)).sum(axis=1) / ordered.size)


def _drawn(luck: Array, confidence: Array) -> tuple[Array, Array]:
    """Confidences from the least on, (answers,), and by draw whether each is right, (draws, answers)."""
    order = np.argsort(confidence.ravel(), kind="stable")
    ordered, item = confidence.ravel()[order], order // (confidence.size // len(confidence))
    return ordered, _shared(ordered, luck[:, item] < ordered)


def _shared(ordered: Array, right: Array | npt.NDArray[np.bool_]) -> Array:
    """Outcomes, (…, answers), by confidences from the least on; of those that are equal each has the mean."""
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    sizes = np.diff(starts, append=ordered.size)
    return np.repeat(np.add.reduceat(right, starts, axis=-1, dtype=float) / sizes, sizes, axis=-1)


def _summed(values: Array, bins: int) -> Array:
    """By bin, of (…, answers)."""
    return np.add.reduceat(values, _starts(values.shape[-1], bins), axis=-1, dtype=float)


def _starts(size: int, bins: int) -> npt.NDArray[np.intp]:
    """Where bins of equal mass begin."""
    return np.unique(np.linspace(0, size, min(bins, size), endpoint=False).astype(np.intp))


def _counts(size: int, bins: int) -> npt.NDArray[np.intp]:
    """How many answers each of them holds."""
    return np.diff(_starts(size, bins), append=size)
