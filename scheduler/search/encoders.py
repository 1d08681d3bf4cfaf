"""How trials become points: by a curriculum's `Layout`, or, for any other space, by their parameters alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from scheduler.measurements import Path
from scheduler.search.points import Ints, Lineages, Points
from scheduler.search.space import Params
from scheduler.search.trial_history import Mixtures
from scheduler.search.units import Space, encoded


@dataclass(frozen=True)
class Output:
    """One score that counts in the value."""

    name: str
    place: int
    """Its number among all outputs."""
    weight: float
    """All weights sum to 1."""
    direct: Ints
    """Numbers of the features whose effects on it add up."""


class Encoder(Protocol):
    """Parameters to points."""

    @property
    def space(self) -> Space:
        """Parameters that it reads."""

    @property
    def staged(self) -> bool:
        """Whether intermediate values are those of beginnings, by the number of stages."""

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Scores that the value is the mean of; empty where it is not."""

    @property
    def limits(self) -> Mapping[str, Output]:
        """Limit, as trials are told of it → the score that it is on."""

    def encode(
        self,
        trials: Sequence[Params],
        lineages: Lineages,
        rungs: Sequence[int] = (),
        mixtures: Sequence[Mixtures] = (),
    ) -> list[Points]:
        """For each schedule its beginnings, from the base model to the last stage.

        `rungs`: which of the search's seeds each was trained with; empty: the first. What chance does is another with
        every seed, so beginnings are shared within one alone. `mixtures`: of each, those of its rounds, where it mixes
        round by round and as far as they are known.
        """

    def ends(self, trials: Sequence[Params], lineages: Lineages, mixtures: Sequence[Mixtures] = ()) -> Points:
        """The last of each schedule's points alone, with the first seed; at least one schedule."""

    def encode_paths(self, paths: Sequence[Path], lineages: Lineages, rung: int = 0) -> list[Points]:
        """The same as `encode` for what was trained before the search."""


@dataclass(frozen=True)
class Plain:
    """Every trial is one stage, and none begins like another."""

    space: Space
    staged: bool = False
    outputs: tuple[Output, ...] = ()
    limits: Mapping[str, Output] = field(default_factory=dict)

    def encode(
        self,
        trials: Sequence[Params],
        lineages: Lineages,
        rungs: Sequence[int] = (),
        mixtures: Sequence[Mixtures] = (),
    ) -> list[Points]:
        """Two points a trial, as if all began at one place; only parameters of the space count."""
        if not trials:
            return []
        ends = self._ends(trials, lineages, rungs or [0] * len(trials))
        begun = np.repeat(np.arange(len(trials)), 2)
        both = ends[begun]
        both.features[::2], both.lineage[::2] = 0.0, -1
        return [both[at : at + 2] for at in range(0, len(begun), 2)]

    def ends(self, trials: Sequence[Params], lineages: Lineages, mixtures: Sequence[Mixtures] = ()) -> Points:
        """One point a trial."""
        return self._ends(trials, lineages, [0] * len(trials))

    def _ends(self, trials: Sequence[Params], lineages: Lineages, rungs: Sequence[int]) -> Points:
        rows = zip(trials, rungs, strict=True)
        lineage = [lineages.of([tuple(map(params.__getitem__, self.space))], rung) for params, rung in rows]
        luck, cost = np.ones((len(trials), 1, 1)), np.tile([1.0, 0.0], (len(trials), 1, 1))
        return Points(encoded(trials, self.space), np.array(lineage, dtype=np.int64), luck, cost)

    def encode_paths(self, paths: Sequence[Path], lineages: Lineages, rung: int = 0) -> list[Points]:
        """None: it knows of no paths."""
        return []
