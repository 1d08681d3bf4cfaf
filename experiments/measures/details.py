"""From recorded outputs and their marks to what is kept of each answer and item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.measures.of_outputs import DIGITS, Answer, kept_by
from experiments.measures.table import OF_OUTPUTS
from experiments.measures.variety import distance
from experiments.nodes.details import Details, Formatted
from experiments.nodes.options import OptionsRead
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.suite import TaskKind


def details(
    outputs: Mapping[TaskKind, Sequence[Output]],
    marks: Sequence[Marked],
    executed: tuple[float, ...] | None = None,
    formats: dict[str, Formatted] | None = None,
    prompts: Sequence[str | None] = (),
    options: OptionsRead | None = None,
) -> Details:
    """`outputs` of one split by what was asked; its answers, `marks` and `executed` belong together one by one, and
    each item has one of `prompts`, if they are known, or None."""
    answers, references = outputs["answers"], outputs.get("references", ())
    samples = 1 + max(one.sample for one in marks)
    found = [one.parsed is not None for one in marks]
    asked = [prompts[at // samples] if prompts else None for at in range(len(marks))]
    marked = [Answer(*each) for each in zip(answers, marks, asked, strict=True)]
    kept: dict[str, Any] = kept_by(OF_OUTPUTS, outputs, marked)
    return Details(
        samples=samples,
        scores=tuple(one.score for one in marks),
        found=tuple(found),
        cut=tuple(one.finish == "length" for one in answers) if all(one.finish for one in answers) else None,
        nll=_known([one.nll for one in answers]),
        executed=executed,
        distance_formed=_formed([one.text or "" for one in answers], found, samples),
        reference_nll=_known([one.nll for one in references]),
        reference_bytes=tuple(one.size for one in references if one.size is not None) or None,
        formats=formats,
        options=options,
        **kept,
    )


def _formed(texts: Sequence[str], found: Sequence[bool], samples: int) -> tuple[float | None, ...] | None:
    """Of each item: distance of its answers that were found; None with one answer an item."""
    if samples == 1:
        return None
    groups = [slice(at, at + samples) for at in range(0, len(texts), samples)]
    each = [distance([text for text, good in zip(texts[group], found[group], strict=True) if good]) for group in groups]
    return tuple(None if value is None else round(value, DIGITS) for value in each)


def _known(values: Sequence[float | None]) -> tuple[float, ...] | None:
    """All of them, or None where one was not asked for."""
    there = [value for value in values if value is not None]
    return tuple(round(value, DIGITS) for value in there) if there and len(there) == len(values) else None
