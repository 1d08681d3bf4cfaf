"""How varied answers are by what they mean, as a model that somebody named has it."""

from __future__ import annotations

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.of_outputs import ONE_EACH
from experiments.analysis.cliffs.reading import finite, skipped
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.vendi import EMBEDDED

NOT_NAMED = "no model for sentence embeddings was named in `evaluation.embedder` when the answers were measured"
MEASURES = {
    EMBEDDED: MeasureSpec(
        "Vendi score by embeddings",
        "answers",
        "Friedman and Dieng 2023, arXiv 2210.02410, by cosines of embeddings",
        "profile",
        "prompt",
        "A",
    )
}


def _read(sides: Sides) -> dict[Name, Reading]:
    both = sides.pair.of_each(lambda one: one.more.get(EMBEDDED))
    if both is not None:
        return {EMBEDDED: finite(both, NOT_NAMED)}
    alone = sides.pair.after and sides.pair.after[0].samples == 1
    return {EMBEDDED: skipped(ONE_EACH if alone else NOT_NAMED)}


FAMILY = Family(MEASURES, _read)
