"""Answers in another form: where an arm's models answer so that the reward finds nothing, rather than wrongly."""

from __future__ import annotations

from statistics import fmean

from experiments.analysis.scores import BASE, RunScores
from experiments.analysis.words import share

NOTED = 0.05
"""By how much more often than the base model an arm must be out of form to be named."""


def unparsed(scores: RunScores, arm: str, domain: str) -> float | None:
    """Share of test answers in which the metric's reward found nothing, mean over seeds; None where not known."""
    found = [scores.record(arm, seed) for seed in scores.inputs.curriculum.seeds]
    shares = [record.scores["test"][domain].unparsed for record in found if record]
    known = [value for value in shares if value is not None]
    return fmean(known) if known else None


def form_notes(scores: RunScores, arm: str) -> tuple[str, ...]:
    """One sentence for each domain on which an arm is out of form clearly more often than the base model."""
    notes = []
    for domain in scores.domains:
        now, before = unparsed(scores, arm, domain), unparsed(scores, BASE, domain)
        if now is not None and now - (before or 0.0) >= NOTED:
            notes.append(
                f"In {share(now)} of the test answers on {domain} the reward found nothing to mark "
                f"(base model: {share(before)}): another form, rather than a wrong answer."
            )
    return tuple(notes)
