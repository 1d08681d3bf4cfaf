"""Whether a change of score is sure, and whether the answers' form explains it."""

from __future__ import annotations

import numpy as np

from domains.interval import Interval
from experiments.analysis.cliffs.model import Contrast, Verdict
from experiments.analysis.cliffs.moments import Answers
from experiments.analysis.family import ALPHA
from experiments.analysis.words import share, signed, signed_span
from experiments.measures.value import Value
from scheduler.measurements import Array
from scheduler.power import FEWEST
from scheduler.shared_draw import doubted
from scheduler.statistics import Spread, interval, spread

MATTERS = 0.05
"""A fall of this size is worth finding: where a larger one cannot be excluded, a change that is not sure is
underpowered rather than noise."""
LEFT = 0.5
"""Where less than this share of a fall is left among the answers that were found, form explains it."""
LEAST_FOUND = 20
"""Answers found, of all seeds, below which nothing is said of those that were."""
NOT_KEPT = "answers were not kept one by one"


def p_of(change: Array | None, pair: Answers) -> float | None:
    """p of a change (seeds, items); None where there are too few seeds to claim anything."""
    return None if change is None or len(change) < FEWEST else _spread(change, pair).p_value(float(change.mean()))


def contrast(change: Array | None, pair: Answers, p_adjusted: float | None) -> Contrast:
    """The cell's contrast with its verdict."""
    missing = Interval.unknown("no seed finished both")
    whole = missing if change is None else _spread(change, pair).about(float(change.mean()))
    found, lost = _among_found(pair), _not_found(pair)
    verdict, reason = judged(whole, p_adjusted, found, lost)
    return Contrast(
        change=whole,
        p=p_of(change, pair),
        p_adjusted=p_adjusted,
        among_found=found,
        not_found=lost,
        verdict=verdict,
        reason=reason,
    )


def _spread(change: Array, pair: Answers) -> Spread:
    """How a change varies, with the luck of the one draw of the base's answers."""
    return spread({"": doubted(change, _grain(pair))})


def _grain(pair: Answers) -> float:
    """What one answer is worth where answers are right or wrong and were kept, else 0."""
    marks = pair.answers("scores")
    if marks is None or not all(np.isin(each, (0.0, 1.0)).all() for each in marks):
        return 0.0
    return 1 / int(marks[1].shape[-1])


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
    if found.status == "skipped":
        if lost.interval.value >= -change.value:
            return "form_lost", f"{sure}, no larger than the loss of form: {more}; too few are left to tell the rest."
        return "real_drop", f"{sure}, larger than the loss of form ({more})."
    left = f"among the others {signed(found.interval.value)} ({signed_span(found.interval, 2)})"
    if found.interval.sign >= 0 and found.interval.value > LEFT * change.value:
        return "form_only", f"{sure}; {more}, {left}."
    return "real_drop", f"{sure}; {more}, but {left}."


def _among_found(pair: Answers) -> Value:
    """Change of the mean score of an answer that is found.

    Of each item and seed: what it scores, less what it would if its answers scored as before and only fewer of them
    were found; over the mean share found. Items with none found before, in any seed, say nothing of that. Those with
    none found after count as they are, with nothing lost beyond form: left out, few answers an item would leave few
    items, and not the same in every seed.
    """
    marks, found = pair.answers("scores"), pair.answers("found")
    if marks is None or found is None:
        return Value.skipped(NOT_KEPT)
    if found[1].sum() < LEAST_FOUND:
        return Value.skipped(f"fewer than {LEAST_FOUND} answers were found after")
    before, after = ((score * there).mean(axis=-1) for score, there in zip(marks, found, strict=True))
    there_before, there_after = (there.mean(axis=-1) for there in found)
    kept = (there_before > 0).all(axis=0)
    share_found = float(there_after[:, kept].mean()) if kept.any() else 0.0
    if not share_found:
        return Value.skipped("no item has an answer that was found at both moments")
    rest = after[:, kept] - before[:, kept] * there_after[:, kept] / there_before[:, kept]
    return Value.of(interval({"": rest / share_found}), rest.shape[1])


def _not_found(pair: Answers) -> Value:
    found = pair.answers("found")
    if found is None:
        return Value.skipped(NOT_KEPT)
    lost = found[0].mean(axis=-1) - found[1].mean(axis=-1)
    return Value.of(interval({"": lost}), lost.shape[1])
