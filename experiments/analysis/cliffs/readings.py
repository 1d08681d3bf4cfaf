"""Every measure of one cell, each with its change since the base model or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.analysis.cliffs.calibrated import Forecast, forecast
from experiments.analysis.cliffs.entropy import collapsed
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.flipped import flipped
from experiments.analysis.cliffs.model import Faith, Flipped, Reading, Stratum
from experiments.analysis.cliffs.reasoned import reasoning
from experiments.analysis.cliffs.table import FAMILIES
from experiments.measures.spec import Name


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


def read(sides: Sides) -> Read:
    """`sides`: the base model before, the stage after."""
    readings = {name: reading for family in FAMILIES for name, reading in family.read(sides).items()}
    found, reasoned = sides.once(forecast), sides.once(reasoning)
    return Read(
        readings=readings,
        flips=flipped(sides.pair),
        ece_null=found.null if isinstance(found, Forecast) else None,
        smooth_ece_null=found.smooth_null if isinstance(found, Forecast) else None,
        by_base=reasoned.by_base,
        faith=reasoned.faith,
        collapsed=collapsed(sides, readings["entropy"]),
    )
