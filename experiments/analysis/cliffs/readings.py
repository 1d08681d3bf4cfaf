"""Every measure of one cell, each with its change since the base model or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.analysis.cliffs.calibrated import Forecast, forecast
from experiments.analysis.cliffs.entropy import collapsed
from experiments.analysis.cliffs.family import Among, Sides
from experiments.analysis.cliffs.flipped import flipped
from experiments.analysis.cliffs.model import Faith, Flipped, Reading, Stratum
from experiments.analysis.cliffs.reasoned import reasoning
from experiments.analysis.cliffs.table import FAMILIES
from experiments.measures.spec import Name
from scheduler.statistics.power import FEWEST


@dataclass(frozen=True)
class Read:
    """All readings of one cell, and what stands beside them."""

    readings: dict[Name, Reading]
    flips: Flipped | None
    ece_null: tuple[float, float] | None
    smooth_ece_null: tuple[float, float] | None
    by_base: dict[Stratum, dict[Name, Reading]]
    faith: Faith | None
    collapsed: bool


def read(sides: Sides, among: Among | None = None) -> Read:
    """`sides`: the base model before, the stage after; `among`: of how many cells the same could be said."""
    cells = among or Among()
    readings = {name: reading for family in FAMILIES for name, reading in family.read(sides).items()}
    found, reasoned = sides.once(forecast), sides.once(reasoning)
    return Read(
        readings=readings,
        flips=flipped(sides.pair),
        ece_null=found.null if isinstance(found, Forecast) else None,
        smooth_ece_null=found.smooth_null if isinstance(found, Forecast) else None,
        by_base=reasoned.by_base,
        faith=None if reasoned.rests is None else reasoned.rests.word(cells.reasoned),
        collapsed=_enough(sides) and collapsed(sides.entropies, cells.entropies),
    )


def _enough(sides: Sides) -> bool:
    return sides.entropies is not None and len(sides.entropies[1]) >= FEWEST
