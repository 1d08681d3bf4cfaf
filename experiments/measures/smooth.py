"""Smooth calibration error: how far confidences are from outcomes, without bins.

Residuals c − z are spread along the confidence by a Gaussian that is reflected at 0 and 1, and their absolute mass is
taken; the width is where it equals that mass (Błasiok and Nakkiran 2023, arXiv 2309.12236). Reflecting at both ends is
the heat equation on [0, 1], so that a cosine transform does it for any width.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import dct, idct
from scipy.sparse import csr_array

from scheduler.measurements import Array

GRID = 256
"""Cells on [0, 1]; an answer's residual is shared between the two nearest."""
STEPS = 11
"""Halvings of the width: to less than a thousandth."""
LEAST_WIDTH = 1e-3


def smooth_ece(confidence: Array, right: Array) -> float:
    """Of one model's answers, arrays of equal shape. Biased above 0 at small n: never to be read without its band."""
    return float(_errors((confidence - right).reshape(1, -1) @ _shares(confidence.ravel()), confidence.size)[0])


def smooth_null_band(*confidences: Array, draws: int = 200, level: float = 0.95) -> tuple[float, float]:
    """Between what ends the smooth error of a perfectly calibrated model with these confidences lies.

    Drawn as for `calibration.null_band`: an item is right or wrong for all its answers and all models at once.
    """
    luck = np.random.default_rng(0).random((draws, len(confidences[0])))
    found = np.mean([_null(luck, one) for one in confidences], axis=0)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _null(luck: Array, confidence: Array) -> Array:
    """The error of each draw, (draws,), by `luck` of shape (draws, items)."""
    flat = confidence.ravel()
    item = np.arange(flat.size) // (flat.size // len(confidence))
    return _errors((flat - (luck[:, item] < flat)) @ _shares(flat), flat.size)


def _shares(confidence: Array) -> csr_array:
    """How much of each answer falls into each cell, (answers, GRID): two cells of each row hold something."""
    place = np.clip(confidence * GRID - 0.5, 0, GRID - 1)
    low = np.minimum(place.astype(int), GRID - 2)
    shares, cells = (np.stack(pair, axis=1).ravel() for pair in ((1 - (place - low), place - low), (low, low + 1)))
    return csr_array((shares, cells, np.arange(confidence.size + 1) * 2), shape=(confidence.size, GRID))


def _errors(mass: Array, answers: int) -> Array:
    """The error of each row of residual mass (rows, GRID), at the width that equals it."""
    waves = dct(mass, axis=1, norm="ortho")
    low, high = np.zeros(len(mass)), np.ones(len(mass))
    for _ in range(STEPS):
        middle = (low + high) / 2
        # The wider, the smaller the error: one that exceeds its width takes a wider one.
        wider = (middle < LEAST_WIDTH) | (_spread(waves, middle, answers) > middle)
        low, high = np.where(wider, middle, low), np.where(wider, high, middle)
    return _spread(waves, high, answers)


def _spread(waves: Array, width: Array, answers: int) -> Array:
    """Absolute residual mass an answer, after a Gaussian of each row's width."""
    damped = waves * np.exp(-((np.pi * np.arange(GRID) * width[:, None]) ** 2) / 2)
    return np.asarray(np.abs(idct(damped, axis=1, norm="ortho")).sum(axis=1) / answers)
