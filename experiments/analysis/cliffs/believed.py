"""Calibration of two further confidences, asked after the answer: P(True), and a probability in words."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.calibrated import Forecast
from experiments.analysis.cliffs.family import Family
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import NOT_RIGHT_OR_WRONG, PairedAnswers
from experiments.analysis.cliffs.reading import GAP, SHARE, Both, bounded, skipped, valued
from experiments.measures import calibration as measure
from experiments.measures.ranking import auroc
from experiments.measures.regressions import right_or_wrong
from experiments.measures.spec import MeasureSpec, Name

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


def beliefs(pair: PairedAnswers) -> dict[Name, Reading]:
    """Both of them, and how often a probability was stated."""
    right, p_true, stated = (_of(pair, field) for field in ("right", "p_true", "stated"))
    if right is None:
        return {name: skipped(NOT_ASKED) for name in MEASURES}
    return {
        **_calibrated(P_TRUE, right, p_true, NOT_READ),
        "stated": _share(stated),
        **_calibrated(STATED, right, stated, NOT_STATED),
    }


def _of(pair: PairedAnswers, field: str) -> Both | None:
    return pair.of_each(lambda one: None if one.believed is None else getattr(one.believed, field))


def _calibrated(
    names: tuple[Name, Name, Name], right: Both, confidence: Both | None, missing: str
) -> dict[Name, Reading]:
    if confidence is None:
        return {name: skipped(missing) for name in names}
    if not right_or_wrong(*right):
        return {name: skipped(NOT_RIGHT_OR_WRONG) for name in names}
    kept = valued(confidence)
    if not kept.any():
        return {name: skipped(missing) for name in names}
    sides = [each[:, kept, None] for each in (*confidence, *right)]
    found = Forecast(confidence=(sides[0], sides[1]), right=(sides[2], sides[3]))
    brier, gap, ranks = names
    return {
        brier: found.by_item(measure.brier),
        gap: found.by_item(measure.confidence_gap, GAP),
        ranks: found.ranked(auroc),
    }


def _share(stated: Both | None) -> Reading:
    if stated is None:
        return skipped(NOT_ASKED)
    return bounded((np.isfinite(stated[0]).astype(float), np.isfinite(stated[1]).astype(float)), SHARE, NOT_ASKED)


FAMILY = Family(MEASURES, lambda sides: beliefs(sides.pair), asked="stated")
