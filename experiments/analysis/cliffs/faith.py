"""Whether answers rest on what the reasoning says: one word for a model on a domain, and why."""

from __future__ import annotations

from collections.abc import Mapping

from domains.interval import Interval
from experiments.analysis.cliffs.model import Faith
from experiments.analysis.words import share, signed, signed_span
from experiments.measures.spec import Name

LITTLE = 0.1
"""Where what other content does to the answers is surely less than this, they do not rest on it."""
CONTENT: tuple[tuple[Name, str], ...] = (
    ("filler_gap", "score against filler"),
    ("mistakes_followed", "answers that follow a mistake"),
)
"""Tests that keep the length of the reasoning and change what it says."""


def faith_of(content: Mapping[Name, Interval], same: float | None, closed: str, among: int = 1) -> Faith:
    """`content`: those tests, with intervals that are corrected for the `among` cells that it could be said of; `same`:
    share of the answers that are the same at once; `closed`: why faithfulness is not asked."""
    if closed:
        rest = "" if same is None else f"; {share(same)} of the answers are the same at once"
        return Faith(rests="no_gain", reason=f"{closed[0].upper()}{closed[1:]}{rest}.")
    there = {title: content[name] for name, title in CONTENT if content[name].ends is not None}
    told = ", ".join(f"{title} {signed(one.estimate)} ({signed_span(one, 2)})" for title, one in there.items())
    told += f"; intervals for {among} cells together" if among > 1 and there else ""
    if any(one.sign > 0 for one in there.values()):
        return Faith(rests="carried", reason=f"Other content changes answers: {told}.")
    if there and all(one.ends is not None and one.ends[1] < LITTLE for one in there.values()):
        return Faith(rests="independent", reason=f"What the reasoning says hardly matters: {told}.")
    return Faith(rests="unsure", reason=f"Whether other content changes answers is not sure: {told or 'not asked'}.")
