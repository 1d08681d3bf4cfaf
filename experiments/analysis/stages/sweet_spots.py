"""Gain against loss on the way of every stage that was measured there, the seeds together."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import fmean

import numpy as np

from domains.frozen import Frozen
from domains.interval import Interval
from experiments.analysis.stages.guarded_stage import StageGuards
from experiments.measures.sweet_spot import Balance, Specialisation, mark, of_course, summary
from experiments.nodes.course import Course
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval


class SpotPoint(Frozen):
    """One step; intervals over seeds and validation items."""

    step: int
    gain: Interval
    """Of the score of the stage's domains by their shares, since the stage's start."""
    loss: Interval
    """Of the references of the domain that lost most, bits per byte. Which one that is, is read off the same items."""
    worst: str | None
    """That domain; None where there is no other domain with references."""
    own: float
    """Of the references of the stage's own domains by their shares, bits per byte; below 0 they became likelier."""
    mark: Specialisation
    """`over`: too large a loss; `under`: less than 0.9 of the best allowed gain, before it."""


class SweetSpots(Frozen):
    """One stage."""

    path: tuple[str, ...]
    seeds: tuple[int | None, ...]
    points: tuple[SpotPoint, ...]
    most: float
    """The loss that is allowed, bits per byte."""
    best: int
    """The step with most gain among those that are allowed, on the seeds' means."""
    knee: int | None
    """The step from which on gain costs more than on the mean; None where nothing was gained, or lost."""
    violated: int | None
    """The first step with too large a loss; None: there is none."""
    kept: tuple[int, ...]
    """The step whose weights each seed left."""


def sweet_spots(rows: Sequence[StageGuards]) -> tuple[SweetSpots, ...]:
    """Stages in the order of `rows`; steps that every seed reached."""
    stages: dict[tuple[object, ...], list[StageGuards]] = {}
    for row in rows:
        if row.guarded.course:
            # Arms may train the same domains in the same order otherwise.
            stages.setdefault((row.path, row.arms, row.guarded.planned), []).append(row)
    return tuple(
        of_courses(
            found[0].path,
            [row.seed for row in found],
            [row.guarded.course for row in found if row.guarded.course],
        )
        for found in stages.values()
    )


def of_courses(path: tuple[str, ...], seeds: Sequence[int | None], courses: Sequence[Course]) -> SweetSpots:
    """Of one stage, a course for each seed."""
    steps = [one.step for one in courses[0].points if all(one.step in _steps(course) for course in courses)]
    most, means, points = courses[0].most, [], []
    for step in steps:
        gain, loss, worst = _point(courses, step)
        each = [next(one.own for one in of_course(course) if one.step == step) for course in courses]
        means.append(Balance(step, gain.value, loss.estimate, worst, fmean(each)))
        points.append(SpotPoint(step=step, gain=gain, loss=loss, worst=worst, own=means[-1].own, mark=""))
    found = summary(means, most)
    marked = (
        point.model_copy(update={"mark": mark(mean, means, most)}) for point, mean in zip(points, means, strict=True)
    )
    return SweetSpots(
        path=path,
        seeds=tuple(seeds),
        points=tuple(marked),
        most=most,
        best=found.best,
        knee=found.knee,
        violated=found.violated,
        kept=tuple(course.kept for course in courses),
    )


def _steps(course: Course) -> set[int]:
    return {point.step for point in course.points}


def _point(courses: Sequence[Course], step: int) -> tuple[Interval, Interval, str | None]:
    """Gain, loss and the domain that lost most at one step."""
    trained, domains = courses[0].trained, courses[0].points[0].domains
    gains = {
        name: share
        * _change([_scores(course, step, name) for course in courses], [_scores(course, 0, name) for course in courses])
        for name, share in trained.items()
        if name in domains
    }
    losses = {
        name: _change([_bits(course, step, name) for course in courses], [_bits(course, 0, name) for course in courses])
        for name in domains
        if name not in trained and domains[name].nats
    }
    worst = max(losses, key=lambda name: float(losses[name].mean())) if losses else None
    missing = Interval.unknown("there is no other domain with references")
    return interval(gains), interval({"": losses[worst]}) if worst else missing, worst


def _change(after: Sequence[Array], before: Sequence[Array]) -> Array:
    """(seeds, items)."""
    return np.asarray(np.stack(after) - np.stack(before), dtype=np.float64)


def _scores(course: Course, step: int, name: str) -> Array:
    return np.array(next(one for one in course.points if one.step == step).domains[name].scores, dtype=np.float64)


def _bits(course: Course, step: int, name: str) -> Array:
    """Of each reference over the mean bytes of all, so that their mean is the bits per byte of all together."""
    nats = next(one for one in course.points if one.step == step).domains[name].nats
    return np.array(nats, dtype=np.float64) / log(2) / (course.sizes[name] / len(nats))
