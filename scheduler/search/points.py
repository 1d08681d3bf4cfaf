"""What a model of schedules sees of them: where they are, and which beginnings they share."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from scheduler.measurements import Array

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Points:
    """Schedules, complete or begun: `features` (m, d), `lineage` (m, stages), `luck` (m, stages, outputs), and `cost`
    (m, stages, 2): the completions of each stage until it is read off, and those that going on from it takes beside.

    A lineage holds the number of each of its beginnings, the shortest first, and −1 after its last stage. Equal
    numbers are the same stages from the start. `luck` says how much of what chance did in each stage is still felt
    in each output at the end; two schedules have in common what both still feel of the stages that they share.
    """

    features: Array
    lineage: Ints
    luck: Array
    cost: Array

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: Ints | Sequence[int] | slice) -> Points:
        return Points(self.features[rows], self.lineage[rows], self.luck[rows], self.cost[rows])

    @property
    def still(self) -> Points:
        """The same without luck: what the schedules are worth with any seed."""
        return replace(self, luck=np.zeros_like(self.luck))

    @property
    def number(self) -> Ints:
        """Of each schedule itself, (m,): beginnings are numbered before what follows them."""
        return np.asarray(self.lineage.max(axis=1, initial=-1))

    @cached_property
    def apart(self) -> Array:
        """Of each two, (m, m): see `apart`."""
        return apart(self, self)

    @cached_property
    def alike(self) -> list[tuple[Ints, Ints]]:
        """Of each two: see `alike`."""
        return alike(self, self)


@dataclass(frozen=True)
class Lineages:
    """Numbers for beginnings of schedules; equal beginnings get equal numbers."""

    numbers: dict[Hashable, int] = field(default_factory=dict)

    def of(self, stages: Sequence[Hashable], root: Hashable = 0) -> list[int]:
        """The number of each beginning, the shortest first. What begins at another `root` shares nothing."""
        found: list[int] = []
        parent: Hashable = (root,)
        for stage in stages:
            number = self.numbers.setdefault((parent, stage), len(self.numbers))
            found.append(number)
            parent = number
        return found


def table(lineages: Sequence[Sequence[int]], longest: int) -> Ints:
    """Lineages as rows, −1 after the last stage."""
    rows = np.full((len(lineages), longest), -1, dtype=np.int64)
    for row, lineage in zip(rows, lineages, strict=True):
        row[: len(lineage)] = lineage
    return rows


def apart(one: Points, other: Points) -> Array:
    """Mean difference of the features, (a, b)."""
    return np.asarray(cdist(one.features, other.features, "cityblock") / max(one.features.shape[1], 1))


def alike(one: Points, other: Points) -> list[tuple[Ints, Ints]]:
    """For each stage the pairs that have it in common, as rows of `one` and of `other`."""
    found = []
    for mine, theirs in zip(one.lineage.T, other.lineage.T, strict=False):
        rows, columns = np.nonzero((mine[:, None] == theirs[None]) & (mine[:, None] >= 0))
        found.append((rows, columns))
    return found


def common_luck(one: Points, other: Points, output: int | None) -> Array:
    """Covariance of what chance did, (a, b), if it does 1 in a stage; `output` None: in the mean of all outputs."""
    found = np.zeros((len(one), len(other)))
    mine, theirs = _luck(one, output), _luck(other, output)
    if not mine.any() or not theirs.any():
        return found
    # Few pairs have more than their first stages in common.
    for t, (rows, columns) in enumerate(one.alike if one is other else alike(one, other)):
        found[rows, columns] += mine[rows, t] * theirs[columns, t]
    return found


def own_luck(points: Points, output: int | None) -> Array:
    """Its variance, (m,): the diagonal of `common_luck`."""
    return np.asarray((_luck(points, output) ** 2).sum(axis=1))


def _luck(points: Points, output: int | None) -> Array:
    felt = points.luck.mean(axis=2) if output is None else points.luck[:, :, output]
    return np.asarray(felt * (points.lineage >= 0))


def stacked(points: Sequence[Points]) -> Points:
    """All of them one after the other, numbered by the same `Lineages`; at least one."""
    longest = max(one.lineage.shape[1] for one in points)
    lineage = np.full((sum(map(len, points)), longest), -1, dtype=np.int64)
    luck, cost = np.zeros((*lineage.shape, points[0].luck.shape[2])), np.zeros((*lineage.shape, 2))
    start = 0
    for one in points:
        rows, stages = slice(start, start + len(one)), one.lineage.shape[1]
        lineage[rows, :stages], luck[rows, :stages], cost[rows, :stages] = one.lineage, one.luck, one.cost
        start += len(one)
    return Points(np.concatenate([one.features for one in points]), lineage, luck, cost)
