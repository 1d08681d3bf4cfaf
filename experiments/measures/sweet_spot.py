"""Where a stage is best: what its own domains have gained, against the most that another one has lost.

The loss is read off the likelihood of references, which is smooth; the gain is what the stage is for, the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import Literal

from experiments.nodes.course import Course, Point

UNDER = 0.9
"""A point with less than this share of the best gain that is allowed is under-specialised."""
Specialisation = Literal["over", "under", ""]


@dataclass(frozen=True)
class Balance:
    """One point against the stage's start."""

    step: int
    gain: float
    """Of the mean score of the stage's domains, by their shares."""
    loss: float | None
    """Of the references of the domain that lost most, bits per byte; below 0 all became likelier. None: there is no
    domain with references off the stage."""
    worst: str | None
    """That domain."""
    own: float = 0.0
    """Of the references of the stage's domains by their shares, bits per byte; below 0 they became likelier."""


@dataclass(frozen=True)
class Summary:
    """What a curve of gain against loss says."""

    best: int
    """The step with the most gain among those that are allowed; of equals the one whose own references are likeliest,
    then the first. The start is always allowed."""
    knee: int | None
    """The step beyond which a further gain costs more than the mean one did: farthest from the line between no gain
    and all of it, both axes scaled to their range (after Satopää et al. 2011). None: nothing was gained, or lost."""
    violated: int | None
    """The first step with too large a loss."""


def balances(points: Sequence[Point], trained: Mapping[str, float], sizes: Mapping[str, int]) -> list[Balance]:
    """Every point against the first one."""
    return [_balance(points[0], point, trained, sizes) for point in points]


def of_course(course: Course) -> list[Balance]:
    """Those of a whole stage."""
    return balances(course.points, course.trained, course.sizes)


def summary(found: Sequence[Balance], most: float) -> Summary:
    """Of all points, first to last; `most`: the loss that is allowed."""
    allowed = [one for one in found if not _violates(one, most)] or [found[0]]
    best = max(allowed, key=lambda one: (one.gain, -one.own, -one.step))
    return Summary(best.step, _knee(found), next((one.step for one in found if _violates(one, most)), None))


def mark(one: Balance, found: Sequence[Balance], most: float) -> Specialisation:
    """Whether a point went too far, or not far enough."""
    if _violates(one, most):
        return "over"
    best = next(each for each in found if each.step == summary(found, most).best)
    return "under" if one.step < best.step and one.gain < UNDER * best.gain else ""


def _violates(one: Balance, most: float) -> bool:
    return one.step > 0 and one.loss is not None and one.loss > most


def _balance(start: Point, point: Point, trained: Mapping[str, float], sizes: Mapping[str, int]) -> Balance:
    gain = sum(
        share * (fmean(point.domains[name].scores) - fmean(start.domains[name].scores))
        for name, share in trained.items()
        if name in point.domains
    )
    moved = {
        name: (sum(standing.nats) - sum(start.domains[name].nats)) / log(2) / sizes[name]
        for name, standing in point.domains.items()
        if standing.nats
    }
    losses = {name: bits for name, bits in moved.items() if name not in trained}
    own = sum(share * moved.get(name, 0.0) for name, share in trained.items())
    worst = max(losses, key=lambda name: losses[name]) if losses else None
    return Balance(point.step, gain, losses[worst] if worst else None, worst, own)


def _knee(found: Sequence[Balance]) -> int | None:
    top = max(one.gain for one in found)
    far = max(one.loss or 0.0 for one in found)
    if top <= 0 or far <= 0:
        return None
    above = {one.step: one.gain / top - max(0.0, one.loss or 0.0) / far for one in found}
    knee = max(above, key=lambda step: (above[step], -step))
    return knee if above[knee] > 0 else None
