"""From recorded answers, their marks and the references' likelihoods to what is kept of each answer and item."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean

from rapidfuzz.distance import Indel

from domains.diversity import compression_ratio, distinct_n
from experiments.nodes.details import Details, Formatted
from experiments.nodes.outputs import Marked, Output

DIGITS = 6
"""Decimals that are kept: records are many, and read over networks."""


def details(
    answers: Sequence[Output],
    marks: Sequence[Marked],
    references: Sequence[Output] = (),
    executed: tuple[float, ...] | None = None,
    formats: dict[str, Formatted] | None = None,
) -> Details:
    """`answers`, `marks` and `executed` belong together one by one, by item; `references` are those of the items."""
    samples = 1 + max(one.sample for one in marks)
    texts = [one.text or "" for one in answers]
    found = [one.parsed is not None for one in marks]
    groups = [slice(at, at + samples) for at in range(0, len(marks), samples)]
    several = samples > 1
    return Details(
        samples=samples,
        scores=tuple(one.score for one in marks),
        found=tuple(found),
        cut=tuple(one.finish == "length" for one in answers) if all(one.finish for one in answers) else None,
        nll=_kept([one.nll for one in answers]),
        executed=executed,
        distinct=tuple(_distinct(texts[group]) for group in groups),
        compression=tuple(_compression(texts[group]) for group in groups),
        distance=tuple(round(distance(texts[group]) or 0.0, DIGITS) for group in groups) if several else None,
        distance_formed=tuple(_formed(texts[group], found[group]) for group in groups) if several else None,
        reference_nll=_kept([one.nll for one in references]),
        formats=formats,
        reference_bytes=tuple(one.size for one in references if one.size is not None) or None,
    )


def distance(texts: Sequence[str]) -> float | None:
    """Mean over pairs of 1 − the similarity of two texts (insertions and deletions over both lengths), in [0, 1].

    A mean over pairs does not depend on how many texts there are, as the share of distinct ones would. None: no pair.
    """
    pairs = [Indel.normalized_distance(one, other) for one, other in combinations(texts, 2)]
    return fmean(pairs) if pairs else None


def _formed(texts: Sequence[str], found: Sequence[bool]) -> float | None:
    value = distance([text for text, good in zip(texts, found, strict=True) if good])
    return None if value is None else round(value, DIGITS)


def _distinct(texts: Sequence[str]) -> float | None:
    """None where there is no pair of words: a share of pairs that are there is never 0."""
    return round(distinct_n(texts, 2), DIGITS) or None


def _compression(texts: Sequence[str]) -> float | None:
    return round(compression_ratio(texts), DIGITS) if any(texts) else None


def _kept(values: Sequence[float | None]) -> tuple[float, ...] | None:
    """All of them, or None where one was not asked for."""
    there = [value for value in values if value is not None]
    return tuple(round(value, DIGITS) for value in there) if there and len(there) == len(values) else None
