"""Whether right answers got shorter than the earlier model's: steps that it took are skipped."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import NOT_KEPT
from experiments.analysis.cliffs.reading import finite, skipped
from experiments.measures.shortcuts import LEAST_WORK, RIGHT_LENGTH
from experiments.measures.spec import MeasureSpec, Name

NO_WORK = f"half of the base's right answers have fewer than {LEAST_WORK} characters: there is nothing to skip"
MEASURES = {
    "skip_ratio": MeasureSpec(
        "skip ratio",
        "share of the base's median",
        "length of right answers / median of the base's",
        "profile",
        "prompt",
        "A",
        pairs=True,
    ),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    return {"skip_ratio": _ratio(sides)}


def _ratio(sides: Sides) -> Reading:
    """Over the items that both answer rightly, so that other items solved are no other lengths. The earlier model's
    median is over all that it answers rightly, and is taken as known."""
    both = sides.pair.of_each(lambda one: one.more.get("right_length"))
    if both is None:
        return skipped(NOT_KEPT)
    before, after = both
    if not np.isfinite(before).any():
        return skipped("the base has no right answer")
    median = float(np.nanmedian(before))
    if median < LEAST_WORK:
        return skipped(NO_WORK)
    return finite((before / median, after / median), RIGHT_LENGTH.missing)


FAMILY = Family(MEASURES, _read)
