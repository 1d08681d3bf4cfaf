"""What a page draws of one model on a domain: reliability, and answers after parts of the reasoning."""

from __future__ import annotations

from typing import Literal

import numpy as np

from experiments.analysis.cliffs.calibrated import LEAST_ANSWERS, forecast
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.model import Early, Reliability
from experiments.analysis.cliffs.reading import SHARE, careful
from experiments.analysis.cliffs.reasoned import reasoning
from experiments.measures import calibration as measure
from experiments.measures.reasoning import SHARES, left, same_after
from scheduler.measurements import Array

Side = Literal[0, 1]
"""The earlier model, the later one."""


def reliability(sides: Sides, side: Side) -> Reliability | None:
    """None where there is no ECE."""
    found = sides.once(forecast)
    if isinstance(found, str) or found.answers < LEAST_ANSWERS:
        return None
    confidence, right = found.confidence[side], found.right[side]
    seeds = [measure.reliability(*each) for each in zip(confidence, right, strict=True)]
    low, high = measure.null_bins(*confidence)
    return Reliability(
        counts=tuple(seeds[0].counts.tolist()),
        confidence=tuple(tuple(one.confidence.tolist()) for one in seeds),
        right=tuple(tuple(one.right.tolist()) for one in seeds),
        null=tuple(zip(low.tolist(), high.tolist(), strict=True)),
    )


def early(sides: Sides, side: Side) -> Early | None:
    """Over items with reasoning in every seed; None where it was not asked, or reasoning gains nothing that is sure."""
    found = sides.once(reasoning)
    if found.closed is None or found.closed[side]:
        return None
    models = [one.reasoned for one in (sides.pair.before, sides.pair.after)[side] if one.reasoned is not None]
    rows = np.stack([same_after(one) for one in models])
    kept: Array = np.asarray(np.isfinite(rows).all(axis=(0, 1)))
    if not kept.any():
        return None
    same = tuple(careful(rows[:, at][:, kept], SHARE) for at in range(len(SHARES)))
    # Of two steps a quarter is one: where a point stands is what was left, and not what was asked for.
    steps = [count for one in models for count, there in zip(one.steps, kept, strict=True) if there]
    shares = tuple(float(np.mean([left(count, arm) / count for count in steps])) for arm in SHARES)
    return Early(shares=shares, same=same, items=int(kept.sum()))
