"""Answers that `max_tokens` ended: a model that is never heard to the end cannot score."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.analysis.words import share
from experiments.nodes.record import DomainScore, Record
from experiments.nodes.setup import Setup

NOTED = 0.25
"""Share of a domain's test answers from which it is named."""
LETTER = "have the prompt ask for the letter alone, or let `extract` of its reward find it in a longer answer"


def cut_notes(setup: Setup, base: Record) -> tuple[str, ...]:
    """One sentence for each domain on which at least `NOTED` of the base model's test answers were cut off."""
    return cut_answers(setup, base.scores.get("test", {}), "the base model's answers")


def cut_answers(setup: Setup, scores: Mapping[str, DomainScore], whose: str) -> tuple[str, ...]:
    """The same of any model's answers; `whose` they are stands in the sentence."""
    notes = []
    for name, score in scores.items():
        cut = score.details.cut if score.details else None
        if cut and sum(cut) >= NOTED * len(cut):
            spec = setup.domains[name]
            mend = (
                LETTER
                if spec.options and spec.options.letters
                else f"raise domains.{name}.max_tokens, or say by `stop` where an answer ends"
            )
            notes.append(
                f"{name}: {share(sum(cut) / len(cut))} of {whose} were cut at max_tokens {spec.max_tokens}; {mend}."
            )
    return tuple(notes)
