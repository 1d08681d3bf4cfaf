"""Whether a value that fell over the steps of a stage fell in one step, or smoothly.

Schaeffer, Miranda and Koyejo 2023 (arXiv 2304.15004): a score that is all or nothing over an answer of many tokens
falls as the product of their probabilities, so a smooth decline of these can look like a cliff.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from scheduler.measurements import Array

Form = Literal["step", "smooth", "open"]
LEAST_POINTS = 8
"""Points of a path below which nothing is said of its form."""
SURE = 6.0
"""Difference of two BICs, over all seeds, from which on one is believed (strong evidence: Kass and Raftery 1995,
Journal of the American Statistical Association 90(430))."""
EXACT = 0.01
"""No curve is believed to be nearer to a path than this share of the path's range."""
CHOSEN = 2
"""A step has two numbers more to choose than a line: its place, which is chosen among all, counts as well (after Zhang
and Siegmund 2007, Biometrics 63(1)). It has to be the better for both; a line has to fit better outright."""


def form(paths: Array) -> Form:
    """Of paths (seeds, points): whether a step, at a place of its own for every seed, or a straight line describes them
    better; `open` where neither surely does."""
    if paths.shape[1] < LEAST_POINTS:
        return "open"
    time = np.linspace(0, 1, paths.shape[1])
    favour = _favour(paths, np.tile(time if paths[:, -1].mean() > paths[:, 0].mean() else -time, (len(paths), 1)))
    if favour - CHOSEN * len(paths) * np.log(len(time)) >= SURE:
        return "step"
    return "smooth" if favour <= -SURE else "open"


def follows(paths: Array, likely: Array) -> bool:
    """Whether a line on `likely`, the mean probability of the reference answers at the same points, explains the paths
    at least as well as a step does: (seeds, points) both."""
    return _favour(paths, likely) <= 0


def sharpness(path: Array) -> float | None:
    """The emergence score of Schaeffer et al. over that of a straight line, (points,): range over the root of the
    median squared step, over the number of steps. 1: a straight line. None where most steps are none at all."""
    if len(path) < 2:
        return None
    steps = np.diff(path)
    middle = float(np.sqrt(np.median(steps**2)))
    return float(np.ptp(path)) / middle / len(steps) if middle > 0 else None


def _favour(paths: Array, on: Array) -> float:
    """How much better a step describes the paths than a line on `on`: twice the logarithm of a ratio of likelihoods."""
    moved = [(path, along) for path, along in zip(paths, on, strict=True) if np.ptp(path) > 0]
    return sum(_misfit(path, _line(path, along)) - _misfit(path, _step(path)) for path, along in moved)


def _misfit(path: Array, left: float) -> float:
    """Of a curve that leaves this sum of squares; none is believed to be nearer than `EXACT`."""
    floor = len(path) * (EXACT * float(np.ptp(path))) ** 2
    return len(path) * float(np.log(max(left, floor) / len(path)))


def _line(path: Array, on: Array) -> float:
    """What a line that rises with `on` leaves; a falling one explains nothing."""
    rises = float(np.cov(path, on)[0, 1]) > 0
    columns = np.stack([on, np.ones_like(on)], axis=1) if rises else np.ones((len(path), 1))
    fitted = columns @ np.linalg.lstsq(columns, path, rcond=None)[0]
    return float(((path - fitted) ** 2).sum())


def _step(path: Array) -> float:
    """What two levels with the best place between them leave."""
    return min(
        float(((path[:at] - path[:at].mean()) ** 2).sum() + ((path[at:] - path[at:].mean()) ** 2).sum())
        for at in range(1, len(path))
    )
