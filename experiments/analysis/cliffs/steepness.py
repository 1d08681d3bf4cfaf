"""How a stage's score fell on its way, from what was measured of it there."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from typing import Literal

import numpy as np

from experiments.analysis.cliffs.model import Steepness, WayPoint
from experiments.analysis.cliffs.reading import within
from experiments.measures.steepness import follows, form, sharpness
from experiments.nodes.course import Course
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval


def steepness(courses: Sequence[Course], domain: str) -> Steepness | None:
    """Of one stage with every seed, up to the first step that any seed's weights were left at; None without courses."""
    steps = _common(courses)
    if not steps:
        return None
    scores, nats = (_block(courses, steps, domain, of) for of in ("scores", "nats"))
    path = scores.mean(axis=-1)
    if not nats.size:
        return Steepness(
            points=len(steps),
            score=form(path),
            likelihood="open",
            follows=False,
            score_sharpness=sharpness(path.mean(axis=0)),
            likelihood_sharpness=None,
            way=_way(steps, scores),
        )
    # By item, over the mean bytes of an item, so that their mean is the bits per byte of all together.
    sizes = np.array([course.sizes[domain] for course in courses])[:, None, None] / nats.shape[-1]
    bits = nats / log(2) / sizes
    return Steepness(
        points=len(steps),
        score=form(path),
        likelihood=form(bits.mean(axis=-1)),
        follows=follows(path, np.exp(-nats).mean(axis=-1)),
        score_sharpness=sharpness(path.mean(axis=0)),
        likelihood_sharpness=sharpness(bits.mean(axis=(0, -1))),
        way=_way(steps, scores, bits),
    )


def _way(steps: Sequence[int], scores: Array, bits: Array | None = None) -> tuple[WayPoint, ...]:
    """Of (seeds, points, items)."""
    return tuple(
        WayPoint(
            step=step,
            score=within(interval({"": scores[:, at]}), (0.0, 1.0)),
            bits=None if bits is None else within(interval({"": bits[:, at]}), (0.0, inf)),
        )
        for at, step in enumerate(steps)
    )


def _common(courses: Sequence[Course]) -> list[int]:
    """Steps at which every seed was measured, none after what any of them left."""
    if not courses:
        return []
    last = min(course.kept for course in courses)
    each = [{point.step for point in course.points if point.step <= last} for course in courses]
    return sorted(set.intersection(*each))


def _block(courses: Sequence[Course], steps: Sequence[int], domain: str, of: Literal["scores", "nats"]) -> Array:
    """Primary metric, or nats of the reference, by item: (seeds, points, items); no items where there are none."""
    kept = set(steps)
    return np.array(
        [[getattr(point.domains[domain], of) for point in course.points if point.step in kept] for course in courses],
        dtype=np.float64,
    )
