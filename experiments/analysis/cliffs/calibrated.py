"""Calibration of one cell: the model's own probability of its whole answer against whether that was right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from domains.interval import Interval
from experiments.analysis.cliffs.chosen import of_options
from experiments.analysis.cliffs.family import Family
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import NOT_KEPT, NOT_RIGHT_OR_WRONG, PairedAnswers
from experiments.analysis.cliffs.reading import GAP, SHARE, Ends, additive, skipped
from experiments.measures import calibration as measure
from experiments.measures import choice
from experiments.measures.ranking import Statistic, aurc, auroc, e_aurc, pseudo_values
from experiments.measures.regressions import right_or_wrong
from experiments.measures.smooth import smooth_ece, smooth_null_band
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.value import Value
from scheduler.measurements import Array

LEAST_EACH = 10
"""Items with a right answer, and items with a wrong one, that every model needs before ranking says anything."""
LEAST_ANSWERS = 100
"""Answers below which an ECE is nothing but its null."""
MEASURES = {
    "brier": MeasureSpec("Brier", "squared probability", "Brier 1950", "down", "logits", "A"),
    "confidence_gap": MeasureSpec(
        "confidence − accuracy", "probability", "mean confidence − accuracy", "zero", "logits", "A"
    ),
    "auroc": MeasureSpec("AUROC", "probability", "Mann and Whitney 1947", "up", "logits", "A"),
    "aurc": MeasureSpec("AURC", "error rate", "Geifman and El-Yaniv 2017, arXiv 1705.08500", "down", "logits", "A"),
    "e_aurc": MeasureSpec("E-AURC", "error rate", "Geifman et al. 2019, arXiv 1805.08206", "down", "logits", "A"),
    "ece": MeasureSpec(
        "ECE", "probability", "equal mass: Nguyen and O'Connor 2015, arXiv 1508.05154", "down", "logits", "A"
    ),
    "smooth_ece": MeasureSpec(
        "smooth ECE", "probability", "Błasiok and Nakkiran 2023, arXiv 2309.12236", "down", "logits", "A"
    ),
    "confidently_wrong": MeasureSpec(
        "wrong at ≥ 0.8", "share of answers", "P(c ≥ 0.8 and wrong)", "down", "logits", "A"
    ),
    "confidently_wrong_base80": MeasureSpec(
        "wrong at ≥ base's 80 %",
        "share of answers",
        "P(c ≥ the base's 80th percentile and wrong)",
        "down",
        "logits",
        "A",
        pairs=True,
    ),
}
BY_OPTIONS = "the confidence is the likeliest option's share of all options' probability, and that option the answer"
BY_ANSWER = (
    "the confidence is the model's own probability of its answer; of options in a log that does not say which is "
    "right, the likeliest one's share of all options' probability"
)
BIASED = "an ECE is biased upward: it is read beside its null band, and its change is not"


@dataclass(frozen=True)
class Forecast:
    """Confidences and outcomes (before, after), each (seeds, items, samples)."""

    confidence: tuple[Array, Array]
    right: tuple[Array, Array]
    rests: str = ""
    """What the confidence is."""

    @property
    def null(self) -> tuple[float, float] | None:
        """Null band of the later models' mean ECE; None where there are too few answers for an ECE."""
        return measure.null_band(*self.confidence[1]) if self.answers >= LEAST_ANSWERS else None

    @property
    def smooth_null(self) -> tuple[float, float] | None:
        """The same of their smooth error."""
        return smooth_null_band(*self.confidence[1]) if self.answers >= LEAST_ANSWERS else None

    @property
    def answers(self) -> int:
        """Of one model."""
        return int(self.right[1][0].size)

    def by_item(self, of: Callable[[Array, Array], Array], ends: Ends = SHARE) -> Reading:
        """A mean over answers, first within items."""
        each = [of(c, z).mean(axis=-1) for c, z in zip(self.confidence, self.right, strict=True)]
        return additive((each[0], each[1]), "", ends=ends)

    def ranked(self, statistic: Statistic) -> Reading:
        """A statistic of the answers' order, by pseudo-values."""
        sides = self.pseudo(statistic)
        return skipped(sides) if isinstance(sides, str) else additive(sides, "", self.right[1].shape[1])

    def pseudo(self, statistic: Statistic) -> tuple[Array, Array] | str:
        """Pseudo-values (before, after), each (seeds, groups of items), or why there are none."""
        fewest = min(each.any(axis=-1).sum(axis=-1).min() for side in self.right for each in (side == 1, side == 0))
        if fewest < LEAST_EACH:
            return f"a model has fewer than {LEAST_EACH} items with a right answer, or with a wrong one"
        sides = [_pseudo(statistic, c, z) for c, z in zip(self.confidence, self.right, strict=True)]
        if sides[0] is None or sides[1] is None:
            return "one item holds all right or all wrong answers of a model"
        return sides[0], sides[1]


def forecast(pair: PairedAnswers) -> Forecast | str:
    """From options that were read, else from kept answers, or why not.

    Of options the answer is the likeliest one, its probability among them the confidence; so it is of a log that does
    not say which option is right. Of others the confidence is exp(Σ ln p) of all of the answer's tokens, at
    temperature 1.
    """
    sure, chosen = of_options(pair, choice.confidence), of_options(pair, choice.chosen_right)
    if sure is not None and chosen is not None:
        each = [side[..., None] for side in (*sure, *chosen)]
        return Forecast(confidence=(each[0], each[1]), right=(each[2], each[3]), rests=BY_OPTIONS)
    scores, nll = pair.answers("scores"), pair.answers("nll")
    if scores is None:
        return NOT_KEPT
    if nll is None:
        return "the answers' own likelihood was not kept"
    if not right_or_wrong(*scores):
        return NOT_RIGHT_OR_WRONG
    return Forecast(confidence=(np.exp(-nll[0]), np.exp(-nll[1])), right=scores, rests=BY_ANSWER)


def calibration(found: Forecast | str) -> dict[Name, Reading]:
    """All of the family."""
    if isinstance(found, str):
        return {name: skipped(found) for name in MEASURES}
    sure = float(np.quantile(found.confidence[0], 0.8))
    readings = {
        "brier": found.by_item(measure.brier),
        "confidence_gap": found.by_item(measure.confidence_gap, GAP),
        "auroc": found.ranked(auroc),
        "aurc": found.ranked(aurc),
        "e_aurc": found.ranked(e_aurc),
        "ece": _ece(found, measure.ece),
        "smooth_ece": _ece(found, smooth_ece),
        "confidently_wrong": found.by_item(lambda c, z: measure.confidently_wrong(c, z, measure.SURE)),
        "confidently_wrong_base80": found.by_item(lambda c, z: measure.confidently_wrong(c, z, sure)),
    }
    return {name: one.noted(found.rests) for name, one in readings.items()}


def _ece(found: Forecast, of: Callable[[Array, Array], float]) -> Reading:
    if found.answers < LEAST_ANSWERS:
        return skipped(f"fewer than {LEAST_ANSWERS} answers")
    each = [of(c, z) for c, z in zip(found.confidence[1], found.right[1], strict=True)]
    mean = Interval(estimate=float(np.mean(each)), low=None, high=None, n=len(each), missing=BIASED)
    return Reading(value=Value.of(mean, found.right[1].shape[1]), change=Value.skipped(BIASED))


def _pseudo(statistic: Statistic, confidence: Array, right: Array) -> Array | None:
    """(seeds, groups of items); models that are the same, as the base is for all seeds, are reckoned once."""
    same = len(confidence) > 1 and (confidence == confidence[0]).all() and (right == right[0]).all()
    kept = slice(0, 1) if same else slice(None)
    rows = [pseudo_values(statistic, c, z) for c, z in zip(confidence[kept], right[kept], strict=True)]
    there = [row for row in rows if row is not None]
    if len(there) < len(rows):
        return None
    return np.repeat(np.stack(there), len(confidence), axis=0) if same else np.stack(there)


FAMILY = Family(MEASURES, lambda sides: calibration(sides.once(forecast)))
