"""Entropy of the models' own samples, and the alarm where most of it is gone."""

from __future__ import annotations

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.reading import additive
from experiments.measures import narrowing
from experiments.measures.spec import MeasureSpec, Name

MEASURES = {
    "entropy": MeasureSpec("entropy", "nats per token", "Cui et al. 2025, arXiv 2505.22617", "profile", "logits", "A"),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    return {"entropy": additive(sides.entropies, "own samples were not asked for")}


def collapsed(sides: Sides, entropy: Reading) -> bool:
    """Whether more than half of the earlier model's entropy is surely gone, by the change in `entropy`."""
    high = entropy.change.interval.high if entropy.change.status == "ok" else None
    return sides.entropies is not None and narrowing.collapsed(high, float(sides.entropies[0].mean()))


FAMILY = Family(MEASURES, _read)
