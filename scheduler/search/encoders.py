"""How trials become points: by a curriculum's `Layout`, or, for any other space, by their parameters alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scheduler.search.points import Lineages, Points, table
from scheduler.search.space import Params
from scheduler.search.units import Space, encoded


class Encoder(Protocol):
    """Parameters to points."""

    @property
    def space(self) -> Space:
        """Parameters that it reads."""

    @property
    def staged(self) -> bool:
        """Whether intermediate values are those of beginnings, by the number of stages."""

    def encode(self, trials: Sequence[Params], lineages: Lineages) -> list[Points]:
        """For each schedule its beginnings, from the first stage to the last."""


@dataclass(frozen=True)
class Plain:
    """Every trial is one stage, and none begins like another."""

    space: Space
    staged: bool = False

    def encode(self, trials: Sequence[Params], lineages: Lineages) -> list[Points]:
        """One point a trial; only parameters of the space count."""
        if not trials:
            return []
        features = encoded(trials, self.space)
        keys = [tuple(params[name] for name in self.space) for params in trials]
        return [Points(features[row : row + 1], table([lineages.of([key])], 1)) for row, key in enumerate(keys)]
