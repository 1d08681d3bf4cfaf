"""How a stage's score fell on its way, from what was measured of it there."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from experiments.analysis.cliffs.model import Steepness
from experiments.measures.steepness import follows, form, sharpness
from experiments.nodes.course import Course
from scheduler.measurements import Array


def steepness(courses: Sequence[Course], domain: str) -> Steepness | None:
    """Of one stage with every seed, up to the first step that any seed's weights were left at; None without courses."""
    steps = _common(courses)
    if not steps:
        return None
    scores = np.stack([_path(course, steps, domain) for course in courses])
    nats = [_nats(course, steps, domain) for course in courses]
    if not all(each.size for each in nats):
        return Steepness(
            points=len(steps),
            score=form(scores),
            likelihood="open",
            follows=False,
            score_sharpness=sharpness(scores.mean(axis=0)),
            likelihood_sharpness=None,
        )
    likely = np.stack([np.exp(-each).mean(axis=1) for each in nats])
    bits = np.stack(
        [each.sum(axis=1) / log(2) / course.sizes[domain] for each, course in zip(nats, courses, strict=True)]
    )
    return Steepness(
        points=len(steps),
        score=form(scores),
        likelihood=form(bits),
        follows=follows(scores, likely),
        score_sharpness=sharpness(scores.mean(axis=0)),
        likelihood_sharpness=sharpness(bits.mean(axis=0)),
    )


def _common(courses: Sequence[Course]) -> list[int]:
    """Steps at which every seed was measured, none after what any of them left."""
    if not courses:
        return []
    last = min(course.kept for course in courses)
    each = [{point.step for point in course.points if point.step <= last} for course in courses]
    return sorted(set.intersection(*each))


def _path(course: Course, steps: Sequence[int], domain: str) -> Array:
    """Mean score, (points,)."""
    kept = [point for point in course.points if point.step in steps]
    return np.array([np.mean(point.domains[domain].scores) for point in kept], dtype=np.float64)


def _nats(course: Course, steps: Sequence[int], domain: str) -> Array:
    """Of every reference, (points, items); empty where there are none."""
    kept = [point for point in course.points if point.step in steps]
    return np.array([point.domains[domain].nats for point in kept], dtype=np.float64)
