"""Whether a change of score is sure, and whether the answers' form explains it."""

from __future__ import annotations

import numpy as np

from domains.interval import Interval
from experiments.analysis.cliffs.model import Contrast, Verdict
from experiments.analysis.cliffs.moments import Pair
from experiments.analysis.family import ALPHA
from experiments.analysis.words import share, signed, signed_span
from experiments.measures.value import LEAST_ITEMS, Value
from scheduler.measurements import Array
from scheduler.power import FEWEST
from scheduler.statistics import interval, p_value

MATTERS = 0.05
"""A fall of this size is worth finding: where a larger one cannot be excluded, a change that is not sure is
underpowered rather than noise."""
LEFT = 0.5
"""Where less than this share of a fall is left among the answers that were found, form explains it."""
NOT_KEPT = "answers were not kept one by one"


def p_of(change: Array | None) -> float | None:
    """p of a change (seeds, items); None where there are too few seeds to claim anything."""
    return None if change is None or len(change) < FEWEST else p_value({"": change})


def contrast(change: Array | None, pair: Pair, p_adjusted: float | None) -> Contrast:
    """The cell's contrast with its verdict."""
    whole = Interval.unknown("no seed finished both") if change is None else interval({"": change})
    found, lost = _among_found(pair), _not_found(pair)
    verdict, reason = judged(whole, p_adjusted, found, lost)
    return Contrast(
        change=whole,
        p=p_of(change),
        p_adjusted=p_adjusted,
        among_found=found,
        not_found=lost,
        verdict=verdict,
        reason=reason,
    )


def judged(change: Interval, p_adjusted: float | None, found: Value, lost: Value) -> tuple[Verdict, str]:
    """The verdict and why. `found`: the change among answers that were found; `lost`: that of the share not found."""
    if change.estimate is None:
        return "underpowered", f"Nothing to compare: {change.missing}."
    if p_adjusted is None:
        return "underpowered", f"{change.n} of the {FEWEST} seeds that a claim takes."
    if p_adjusted > ALPHA:
        return _unsure(change)
    if change.value > 0:
        return "gain", f"A sure gain of {signed(change.value)}."
    return _explained(change, found, lost)


def _unsure(change: Interval) -> tuple[Verdict, str]:
    if change.ends is None or change.ends[0] < -MATTERS:
        return "underpowered", f"Not sure, yet a fall of more than {MATTERS:g} cannot be excluded."
    return "noise", f"Not sure, and surely no fall of more than {MATTERS:g}."


def _explained(change: Interval, found: Value, lost: Value) -> tuple[Verdict, str]:
    """A sure fall: real, or only of form."""
    sure = f"A sure fall of {signed(change.value)}"
    if lost.status == "skipped":
        return "real_drop", f"{sure}; whether form explains it is not known: {lost.reason}."
    if lost.interval.sign <= 0:
        return "real_drop", f"{sure}; no more answers than before are out of form."
    more = f"{share(lost.interval.value)} more of the answers hold nothing to mark"
    if found.status == "skipped" or found.items < LEAST_ITEMS:
        if lost.interval.value >= -change.value:
            return "form_only", f"{sure}, no larger than the loss of form: {more}, and too few are left to tell more."
        return "real_drop", f"{sure}, larger than the loss of form ({more})."
    left = f"among the others {signed(found.interval.value)} ({signed_span(found.interval, 2)})"
    if found.interval.sign >= 0 and found.interval.value > LEFT * change.value:
        return "form_only", f"{sure}; {more}, {left}."
    return "real_drop", f"{sure}; {more}, but {left}."


def _among_found(pair: Pair) -> Value:
    """Change of the mean score of the answers that were found, over the items that have one at both moments in every
    seed."""
    marks, found = pair.answers("scores"), pair.answers("found")
    if marks is None or found is None:
        return Value.skipped(NOT_KEPT)
    before, after = (_mean_found(score, there) for score, there in zip(marks, found, strict=True))
    change = after - before
    kept = change[:, np.isfinite(change).all(axis=0)]
    if not kept.size:
        return Value.skipped("no item has an answer that was found at both moments in every seed")
    return Value.of(interval({"": kept}), kept.shape[1])


def _mean_found(score: Array, there: Array) -> Array:
    """Mean over samples of what was found; NaN where nothing was."""
    count = there.sum(axis=-1)
    return np.where(count > 0, (score * there).sum(axis=-1) / np.maximum(count, 1), np.nan)


def _not_found(pair: Pair) -> Value:
    found = pair.answers("found")
    if found is None:
        return Value.skipped(NOT_KEPT)
    lost = found[0].mean(axis=-1) - found[1].mean(axis=-1)
    return Value.of(interval({"": lost}), lost.shape[1])
