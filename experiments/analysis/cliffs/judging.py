"""Verdicts: whether a change of score is sure, and what explains a sure fall. docs/cliffs.md has the rules."""

from __future__ import annotations

from domains.interval import Interval
from experiments.analysis.cliffs.beside import Beside
from experiments.analysis.cliffs.executing import by_execution, explains
from experiments.analysis.cliffs.model import CliffVerdict, Steepness
from experiments.analysis.comparing.family import ALPHA
from experiments.analysis.words import share, signed, signed_span
from experiments.measures.value import Value
from scheduler.statistics.power import FEWEST

MATTERS = 0.05
"""A fall of this size is worth finding: where a larger one cannot be excluded, a change that is not sure is
underpowered rather than noise."""
Judgement = tuple[CliffVerdict, str]


def judged(change: Interval, p_adjusted: float | None, beside: Beside) -> Judgement:
    """The verdict and why, in one sentence."""
    if change.estimate is None:
        return "underpowered", f"Nothing to compare: {change.missing}."
    if p_adjusted is None:
        return "underpowered", f"{change.n} of the {FEWEST} seeds that a claim takes."
    if p_adjusted > ALPHA:
        return _unsure(change)
    if change.value > 0:
        return "gain", f"A sure gain of {signed(change.value)}."
    verdict, reason = _by_form(change, beside.among_found, beside.not_found)
    if verdict != "real_drop":
        return verdict, f"{reason}."
    explained, sums = by_execution(change, beside)
    parts = [reason, sums]
    if explained:
        verdict = "execution_artifact"
    elif beside.steepness:
        verdict, steep = _by_steepness(beside.steepness, beside.likelihood)
        parts.append(steep)
    return verdict, f"{'; '.join(part for part in parts if part)}."


def _unsure(change: Interval) -> Judgement:
    if change.ends is None or change.ends[0] < -MATTERS:
        return "underpowered", f"Not sure, yet a fall of more than {MATTERS:g} cannot be excluded."
    return "noise", f"Not sure, and the interval of this comparison holds no fall of more than {MATTERS:g}."


def _by_form(change: Interval, found: Value, lost: Value) -> Judgement:
    """A sure fall: real, or only of form."""
    sure = f"A sure fall of {signed(change.value)}"
    if lost.status == "skipped":
        return "real_drop", f"{sure}; whether form explains it is not known: {lost.reason}"
    if lost.interval.sign <= 0:
        return "real_drop", f"{sure}; no more answers than before are out of form"
    more = f"{share(lost.interval.value)} more of the answers hold nothing to mark"
    if found.interval.ends is None:
        if lost.interval.value >= -change.value:
            return "form_lost", f"{sure}, no larger than the loss of form: {more}; too few are left to tell the rest"
        return "real_drop", f"{sure}, larger than the loss of form ({more})"
    left = f"among the others {signed(found.interval.value)} ({signed_span(found.interval, 2)})"
    if explains(change.value, found):
        return "format_artifact", f"{sure}; {more}, {left}"
    return "real_drop", f"{sure}; {more}, but {left}"


def _by_steepness(found: Steepness, likelihood: Value) -> Judgement:
    """A real drop by its path over the stage."""
    worse = likelihood.status != "skipped" and likelihood.interval.sign > 0
    if found.score == "smooth":
        return "gradual_loss", "it fell smoothly over the stage"
    if found.score == "open":
        return "real_drop", "whether in a step or smoothly is not sure"
    if not worse:
        return "real_drop", "it fell in one step, and that the references became less likely is not sure"
    if found.likelihood == "step":
        return "real_cliff", "it fell in one step, and so did the likelihood of the references"
    if found.likelihood == "smooth" and found.follows:
        return (
            "metric_artifact",
            "it fell in one step, yet as the likelihood of the references, which fell smoothly, has it",
        )
    return "real_drop", "it fell in one step, and how the likelihood of the references fell is not sure"
