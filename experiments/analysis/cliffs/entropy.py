"""Entropy of the models' own samples, and the alarm where most of it is gone."""

from __future__ import annotations

from experiments.analysis.cliffs.family import Family, Sides, level
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.reading import additive
from experiments.measures.narrowing import COLLAPSE
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.value import LEAST_ITEMS
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval

MEASURES = {
    "entropy": MeasureSpec("entropy", "nats per token", "Cui et al. 2025, arXiv 2505.22617", "profile", "logits", "A"),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    return {"entropy": additive(sides.entropies, "own samples were not asked for")}


def collapsed(entropies: tuple[Array, Array] | None, among: int = 1) -> bool:
    """Whether more than half of the earlier model's entropy is surely gone; `entropies`: (before, after), each (seeds,
    items); `among`: how many cells of the page it could be said of."""
    if entropies is None or entropies[1].shape[1] < LEAST_ITEMS:
        return False
    before, after = entropies
    high = interval({"": after - (1 - COLLAPSE) * before}, level(among)).high
    return high is not None and high < 0


FAMILY = Family(MEASURES, _read)
