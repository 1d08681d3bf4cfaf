"""Whether answers have the form that the reward reads, and whether they came to an end."""

from __future__ import annotations

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import NOT_KEPT, PairedAnswers
from experiments.analysis.cliffs.reading import SHARE, additive, skipped
from experiments.measures.spec import MeasureSpec, Name

MEASURES = {
    "not_found": MeasureSpec("not found", "share of answers", "the reward found no answer", "down", "prompt", "A"),
    "truncated": MeasureSpec("truncated", "share of answers", "`max_tokens` ended it", "down", "prompt", "A"),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    return {"not_found": _shares(sides.pair, "found"), "truncated": _shares(sides.pair, "cut")}


def _shares(pair: PairedAnswers, field: str) -> Reading:
    """Share of answers that are not found, or are cut."""
    answers = pair.answers("found") if field == "found" else pair.answers("cut")
    if answers is None:
        return skipped(NOT_KEPT)
    shares = [1 - each.mean(axis=-1) if field == "found" else each.mean(axis=-1) for each in answers]
    return additive((shares[0], shares[1]), NOT_KEPT, ends=SHARE)


FAMILY = Family(MEASURES, _read)
