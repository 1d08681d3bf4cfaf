"""Answers that no reward could mark: in another form, rather than wrong, or not within the reward's limit."""

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
    """One sentence for each domain on which an arm is out of form clearly more often than the base model, and one of
    what was stopped."""
    notes = []
    for domain in scores.domains:
        now, before = unparsed(scores, arm, domain), unparsed(scores, BASE, domain)
        if now is not None and now - (before or 0.0) >= NOTED:
            notes.append(
                f"In {share(now)} of the test answers on {domain} the reward found nothing to mark "
                f"(base model: {share(before)}): another form, rather than a wrong answer."
            )
    return (*notes, *_stopped(scores, arm))


def _stopped(scores: RunScores, arm: str) -> tuple[str, ...]:
    """One sentence where a reward's limit struck, in training or on the last models' test answers."""
    seeds, inputs = scores.inputs.curriculum.seeds, scores.inputs
    nodes = {node for seed in seeds for node in inputs.chains.get((arm, seed), ())}
    costs = [inputs.records[node].cost for node in nodes if node in inputs.records]
    rollouts, all_of_them = sum(cost.stopped for cost in costs), sum(cost.rollouts for cost in costs)
    ends = [record for seed in seeds if (record := scores.record(arm, seed))]
    answers = {name: sum(record.scores["test"][name].stopped for record in ends) for name in scores.domains}
    parts = [f"{rollouts:,} of {all_of_them:,} rollouts"] if rollouts else []
    parts += [f"{count:,} test answers on {name}" for name, count in answers.items() if count]
    return (f"A reward's limit struck on {' and '.join(parts)}; they scored 0.",) if parts else ()
