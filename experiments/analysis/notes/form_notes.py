"""Answers that no reward could mark: in another form, rather than wrong, or not within the reward's limit."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from domains.listed import listed
from experiments.analysis.scores import BASE, RunScores
from experiments.analysis.words import share

NOTED = 0.05
"""By how much more often than the base model an arm must be out of form to be named."""
SHOWN_ARMS = 4
"""Arms that are named one by one."""
MATTERS = 0.1
"""Share of rollouts or answers from which a reward that did not mark them is more than an accident."""


def unparsed(scores: RunScores, arm: str, domain: str) -> float | None:
    """Share of test answers in which the metric's reward found nothing, mean over seeds; None where not known."""
    found = [scores.record(arm, seed) for seed in scores.inputs.curriculum.seeds]
    shares = [record.scores["test"][domain].unparsed for record in found if record]
    known = [value for value in shares if value is not None]
    return fmean(known) if known else None


def out_of_form(scores: RunScores, arms: Sequence[str]) -> tuple[str, ...]:
    """One sentence for each domain on which arms are out of form clearly more often than the base model."""
    notes = []
    for domain in scores.domains:
        before = unparsed(scores, BASE, domain)
        shares = {arm: now for arm in arms if (now := unparsed(scores, arm, domain)) is not None}
        more = sorted((arm for arm in shares if shares[arm] - (before or 0.0) >= NOTED), key=lambda arm: -shares[arm])
        if more:
            told = [f"{arm} {share(shares[arm])}" for arm in more[:SHOWN_ARMS]]
            rest = more[SHOWN_ARMS:]
            told += [f"{len(rest)} more at least {share(shares[rest[-1]])}"] if rest else []
            notes.append(
                f"{domain}: the reward found nothing to mark in many test answers (base model: {share(before)}): "
                f"{listed(told)}. That is another form, rather than a wrong answer."
            )
    return tuple(notes)


def form_notes(scores: RunScores, arm: str) -> tuple[str, ...]:
    """A sentence each for what a limit struck, what a judge said that cannot be read and what a reward left to the
    others, in training or on the last models' test answers."""
    notes = []
    if stopped := _counted(scores, arm, "stopped"):
        notes.append(f"A reward's limit struck on {_told(stopped)}; they scored 0.")
    if unread := _counted(scores, arm, "unread"):
        remedy = " That share matters: the judge is too weak for its form, or its max_tokens cuts it off."
        notes.append(
            f"A judge's verdict could not be read on {_told(unread)}; it earned nothing.{remedy * _much(unread)}"
        )
    if abstained := _counted(scores, arm, "abstained"):
        remedy = " That share matters: where it is not meant, look at the function."
        notes.append(
            f"A reward gave None on {_told(abstained)}; their scores are the other rewards'.{remedy * _much(abstained)}"
        )
    return tuple(notes)


Counted = tuple[str, int, int]
"""What was counted, how many, of how many."""


def _counted(scores: RunScores, arm: str, what: Literal["stopped", "unread", "abstained"]) -> list[Counted]:
    """Of an arm's rollouts and, domain by domain, of its last models' test answers; what there was none of is left out.

    Nothing abstains in evaluation: alone, a metric must mark everything.
    """
    seeds, inputs = scores.inputs.curriculum.seeds, scores.inputs
    nodes = {node for seed in seeds for node in inputs.chains.get((arm, seed), ())}
    costs = [inputs.records[node].cost for node in nodes if node in inputs.records]
    found = [("rollouts", sum(getattr(cost, what) for cost in costs), sum(cost.rollouts for cost in costs))]
    ends = [record for seed in seeds if (record := scores.record(arm, seed))] if what != "abstained" else []
    for name in scores.domains if ends else ():
        last = [record.scores["test"][name] for record in ends]
        answers = sum(len(score.details.scores) if score.details else len(score.items) for score in last)
        found.append((f"test answers on {name}", sum(getattr(score, what) for score in last), answers))
    return [one for one in found if one[1]]


def _told(counted: Sequence[Counted]) -> str:
    """``3 of 1,000 rollouts (0 %) and 2 of 40 test answers on sums (5 %)``."""
    return " and ".join(f"{count:,} of {of:,} {what} ({share(count / max(of, 1))})" for what, count, of in counted)


def _much(counted: Sequence[Counted]) -> bool:
    return any(count >= MATTERS * of for _, count, of in counted)
