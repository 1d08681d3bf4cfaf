"""Answers that `max_tokens` ended: a model that is never heard to the end cannot score."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.analysis.words import share
from experiments.nodes.record import DomainScore, Record
from experiments.nodes.setup import Setup

NOTED = 0.25
"""Share of a domain's test answers from which it is named."""


def cut_notes(setup: Setup, base: Record) -> tuple[str, ...]:
    """One sentence for each domain on which at least `NOTED` of the base model's test answers were cut off."""
    return cut_answers(setup, base.scores.get("test", {}), "the base model's answers")


def cut_answers(setup: Setup, scores: Mapping[str, DomainScore], whose: str) -> tuple[str, ...]:
    """The same of any model's answers; `whose` they are stands in the sentence."""
    notes = []
    for name, score in scores.items():
        cut = score.details.cut if score.details else None
        if cut and sum(cut) >= NOTED * len(cut):
            longest = setup.domains[name].max_tokens
            notes.append(
                f"{name}: {share(sum(cut) / len(cut))} of {whose} were cut at max_tokens {longest}; "
                f"raise domains.{name}.max_tokens, or say by `stop` where an answer ends."
            )
    return tuple(notes)
