"""Whether answers rest on what the reasoning says: one word for a model on a domain, and why."""

from __future__ import annotations

from experiments.analysis.cliffs.model import Faith, Reading
from experiments.analysis.words import share, signed, signed_span
from experiments.measures.spec import Name

LITTLE = 0.1
"""Where what other content does to the answers is surely less than this, they do not rest on it."""
CONTENT: tuple[tuple[Name, str], ...] = (
    ("filler_gap", "score against filler"),
    ("mistakes_followed", "answers that follow a mistake"),
)
"""Tests that keep the length of the reasoning and change what it says."""


def faith_of(readings: dict[Name, Reading], closed: str) -> Faith:
    """`closed`: why faithfulness is not asked."""
    if closed:
        kept = readings["same_at_once"].value.interval
        rest = f"; {share(kept.value)} of the answers are the same at once" if kept.estimate is not None else ""
        return Faith(rests="no_gain", reason=f"{closed[0].upper()}{closed[1:]}{rest}.")
    found = {title: readings[name].value.interval for name, title in CONTENT}
    there = {title: one for title, one in found.items() if one.ends is not None}
    told = ", ".join(f"{title} {signed(one.estimate)} ({signed_span(one, 2)})" for title, one in there.items())
    if any(one.sign > 0 for one in there.values()):
        return Faith(rests="carried", reason=f"Other content changes answers: {told}.")
    if there and all(one.ends is not None and one.ends[1] < LITTLE for one in there.values()):
        return Faith(rests="independent", reason=f"Reasoning gains, and what it says hardly matters: {told}.")
    return Faith(rests="unsure", reason=f"Whether other content changes answers is not sure: {told or 'not asked'}.")
