"""Calibration of two further confidences, asked after the answer: P(True), and a probability in words."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.calibrated import Forecast
from experiments.analysis.cliffs.family import Family
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.reading import GAP, careful, skipped
from experiments.measures import calibration as measure
from experiments.measures.ranking import auroc
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.value import Value
from experiments.nodes.inquired import Believed, Row
from scheduler.measurements import Array

NOT_ASKED = "not asked: it takes `evaluation.inquiries: [confidence]`"
NOT_READ = "no likelihood of True and False could be read"
NOT_STATED = "no answer in which a probability could be read"
P_TRUE: tuple[Name, Name, Name] = ("brier_p_true", "confidence_gap_p_true", "auroc_p_true")
STATED: tuple[Name, Name, Name] = ("brier_stated", "confidence_gap_stated", "auroc_stated")
MEASURES = {
    "brier_p_true": MeasureSpec(
        "Brier of P(True)", "squared probability", "Kadavath et al. 2022, arXiv 2207.05221", "down", "logits", "B"
    ),
    "confidence_gap_p_true": MeasureSpec(
        "P(True) − accuracy", "probability", "Kadavath et al. 2022", "zero", "logits", "B"
    ),
    "auroc_p_true": MeasureSpec("AUROC of P(True)", "probability", "Kadavath et al. 2022", "up", "logits", "B"),
    "stated": MeasureSpec(
        "probability stated", "share of answers", "a probability could be read", "profile", "prompt", "B"
    ),
    "brier_stated": MeasureSpec(
        "Brier, stated", "squared probability", "after Tian et al. 2023, arXiv 2305.14975", "down", "prompt", "B"
    ),
    "confidence_gap_stated": MeasureSpec(
        "stated − accuracy", "probability", "after Tian et al. 2023", "zero", "prompt", "B"
    ),
    "auroc_stated": MeasureSpec("AUROC, stated", "probability", "after Tian et al. 2023", "up", "prompt", "B"),
}
Side = tuple[Believed, ...]


def beliefs(pair: PairedAnswers) -> dict[Name, Reading]:
    """Both of them, and how often a probability was stated."""
    before, after = (
        tuple(one.believed for one in side if one.believed is not None) for side in (pair.before, pair.after)
    )
    if not before or len(before) < len(pair.before) or len(after) < len(pair.after):
        return {name: skipped(NOT_ASKED) for name in MEASURES}
    p_true = [[one.p_true for one in side] for side in (before, after)]
    stated = [[one.stated for one in side] for side in (before, after)]
    return {
        **_calibrated(P_TRUE, before, after, p_true, NOT_READ),
        "stated": _share(stated),
        **_calibrated(STATED, before, after, stated, NOT_STATED),
    }


def _calibrated(
    names: tuple[Name, Name, Name], before: Side, after: Side, rows: list[list[Row | None]], missing: str
) -> dict[Name, Reading]:
    confidence, right = [_array(side) for side in rows], [_right(before), _right(after)]
    if confidence[0] is None or confidence[1] is None:
        return {name: skipped(missing) for name in names}
    if not all(np.isin(side, (0.0, 1.0)).all() for side in right):
        return {name: skipped("scores are not 0 or 1") for name in names}
    kept = np.isfinite(confidence[0]).all(axis=0) & np.isfinite(confidence[1]).all(axis=0)
    if not kept.any():
        return {name: skipped(missing) for name in names}
    sides = [each[:, kept, None] for each in (confidence[0], confidence[1], *right)]
    found = Forecast(confidence=(sides[0], sides[1]), right=(sides[2], sides[3]))
    brier, gap, ranks = names
    return {
        brier: found.by_item(measure.brier),
        gap: found.by_item(measure.confidence_gap, GAP),
        ranks: found.ranked(auroc),
    }


def _share(rows: list[list[Row | None]]) -> Reading:
    sides = [_array(side) for side in rows]
    if sides[0] is None or sides[1] is None:
        return skipped(NOT_ASKED)
    before, after = (np.isfinite(side).astype(float) for side in sides if side is not None)
    count = after.shape[1]
    change = careful(after - before, (-1.0, 1.0))
    return Reading(value=Value.of(careful(after, (0.0, 1.0)), count), change=Value.of(change, count))


def _array(side: list[Row | None]) -> Array | None:
    """(seeds, items), NaN where an item has none; None where it was not asked everywhere."""
    there = [row for row in side if row is not None]
    if len(there) < len(side):
        return None
    return np.array([[np.nan if value is None else value for value in row] for row in there], float)


def _right(side: Side) -> Array:
    return np.array([one.right for one in side], float)


FAMILY = Family(MEASURES, lambda sides: beliefs(sides.pair), asked="stated")
