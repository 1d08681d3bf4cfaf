"""How likely models find the reference answers."""

from __future__ import annotations

from experiments.analysis.cliffs.beside import NO_LIKELIHOOD, reference_bits
from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.reading import additive
from experiments.measures.spec import MeasureSpec, Name

MEASURES = {
    "nll_reference": MeasureSpec(
        "NLL of references", "bits per byte", "−Σ log2 p / bytes of the reference", "down", "logits", "A"
    ),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    return {"nll_reference": additive(reference_bits(sides.pair), NO_LIKELIHOOD)}


FAMILY = Family(MEASURES, _read)
