"""What a model of schedules sees of them: where they are, and which beginnings they share."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scheduler.measurements import Array

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Points:
    """Schedules, complete or begun: `features` (m, d) and `lineage` (m, stages).

    A lineage holds the number of each of its beginnings, the shortest first, and −1 after its last stage. Equal
    numbers are the same stages from the start, so two schedules share as many beginnings as they share numbers.
    """

    features: Array
    lineage: Ints

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: Ints | Sequence[int] | slice) -> Points:
        return Points(self.features[rows], self.lineage[rows])

    @property
    def number(self) -> Ints:
        """Of each schedule itself, (m,): beginnings are numbered before what follows them."""
        return np.asarray(self.lineage.max(axis=1, initial=-1))


@dataclass(frozen=True)
class Lineages:
    """Numbers for beginnings of schedules; equal beginnings get equal numbers."""

    numbers: dict[Hashable, int] = field(default_factory=dict)

    def of(self, stages: Sequence[Hashable]) -> list[int]:
        """The number of each beginning, the shortest first."""
        found: list[int] = []
        parent = -1
        for stage in stages:
            parent = self.numbers.setdefault((parent, stage), len(self.numbers))
            found.append(parent)
        return found


def table(lineages: Sequence[Sequence[int]], longest: int) -> Ints:
    """Lineages as rows, −1 after the last stage."""
    rows = np.full((len(lineages), longest), -1, dtype=np.int64)
    for row, lineage in zip(rows, lineages, strict=True):
        row[: len(lineage)] = lineage
    return rows


def shared(one: Points, other: Points) -> Array:
    """How many beginnings each pair shares, (a, b)."""
    count = np.zeros((len(one), len(other)))
    for mine, theirs in zip(one.lineage.T, other.lineage.T, strict=False):
        count += (mine[:, None] == theirs[None, :]) & (mine[:, None] >= 0)
    return count


def stacked(points: Sequence[Points]) -> Points:
    """All of them one after the other, numbered by the same `Lineages`; at least one."""
    longest = max(one.lineage.shape[1] for one in points)
    lineages = [
        np.pad(one.lineage, ((0, 0), (0, longest - one.lineage.shape[1])), constant_values=-1) for one in points
    ]
    return Points(np.concatenate([one.features for one in points]), np.concatenate(lineages))
