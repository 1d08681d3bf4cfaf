"""A family of measures: what each is, and how all of them are read off the answers of two models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.comparing.family import ALPHA
from experiments.measures.spec import MeasureSpec, Name
from scheduler.measurements import Array

Result = TypeVar("Result")


@dataclass(frozen=True)
class Sides:
    """Two models on one domain's test items, seed by seed: an earlier and a later one, or one against itself."""

    pair: PairedAnswers
    entropies: tuple[Array, Array] | None = None
    """Of own samples (before, after), each (seeds, items); None where they were not asked for."""
    _known: dict[Callable[[PairedAnswers], Any], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, of: Callable[[PairedAnswers], Result]) -> Result:
        """`of` the pair, reckoned for the first who asks: readings and what stands beside them rest on the same."""
        if of not in self._known:
            self._known[of] = of(self.pair)
        found: Result = self._known[of]
        return found


@dataclass(frozen=True)
class Among:
    """How many cells of a page the same could be said of, by which what is called sure is corrected (Bonferroni)."""

    entropies: int = 1
    reasoned: int = 1

    @classmethod
    def of(cls, cells: Sequence[Sides]) -> Among:
        """Those that were asked for it."""
        reasoned = [one.pair.after and all(each.reasoned for each in one.pair.after) for one in cells]
        return cls(
            entropies=max(1, sum(one.entropies is not None for one in cells)), reasoned=max(1, sum(map(bool, reasoned)))
        )


def level(among: int) -> float:
    """Of an interval of each of so many cells, so that 5 % of pages at most hold one that misses."""
    return 1 - ALPHA / among


@dataclass(frozen=True)
class Family:
    """Some measures that are read together."""

    measures: Mapping[Name, MeasureSpec]
    of: Callable[[Sides], Mapping[Name, Reading]]
    """Every one of them, with the reason where there is none."""
    asked: Name | None = None
    """Of what is asked on request: the measure that is there whenever it was."""

    def read(self, sides: Sides) -> Mapping[Name, Reading]:
        """Raises ValueError where what was read is not what the family says that it measures."""
        found = self.of(sides)
        if found.keys() != self.measures.keys():
            raise ValueError(f"a family must read what it measures, got {sorted(found.keys() ^ self.measures.keys())}")
        return found


def measures_of(families: Sequence[Family]) -> dict[Name, MeasureSpec]:
    """Of all families, in their order. Raises ValueError where two measure something by one name."""
    found: dict[Name, MeasureSpec] = {}
    for family in families:
        if twice := found.keys() & family.measures.keys():
            raise ValueError(f"two families measure {sorted(twice)}: a measure needs a name of its own")
        found |= family.measures
    return found
