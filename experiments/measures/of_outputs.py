"""Measures that have one value an item, from what the model was recorded to say of it: their mean over items is read.

The values are kept beside the score, so that they can be paired item by item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from experiments.measures.spec import MeasureSpec
from experiments.nodes.details import Details, PerItem
from experiments.nodes.outputs import Marked, Output
from experiments.nodes.suite import TaskKind

DIGITS = 6
"""Decimals that are kept: records are many, and read over networks."""
Rows = TaskKind | Literal["marked answers"]


@dataclass(frozen=True)
class Answer:
    """One answer, what it answers, and what the reward made of it."""

    output: Output
    mark: Marked
    prompt: str | None = None
    """None where it is not known."""

    @property
    def sample(self) -> int:
        """Which of the item's answers."""
        return self.output.sample

    @property
    def text(self) -> str:
        """What was said."""
        return self.output.text or ""

    @property
    def right(self) -> bool:
        """Whether it has the full score."""
        return self.mark.score >= 1


@dataclass(frozen=True)
class OutputMeasure:
    """One of them."""

    spec: MeasureSpec
    of: Callable[[Sequence[Any]], float | None]
    """From an item's outputs, sample by sample; None where it has no value."""
    needs: Rows = "answers"
    """Whose outputs. Where nobody asked for them there is no value. Of `marked answers` it is given `Answer`s."""
    version: int = 1
    """Raised by hand where values may change: what was said is then measured again, and not asked again."""
    several: bool = False
    """Whether it takes several outputs an item."""
    field: PerItem | None = None
    """Of `Details`, that holds it; None: `more`, by its name. Only measures that are older than `more` have one."""
    ends: tuple[float, float] | None = None
    """Between which a value lies, where many items may have the same."""
    missing: str = "no item has a value in all that is compared"
    """Why there is none where answers were kept."""


def values(measure: OutputMeasure, outputs: Sequence[Output | Answer]) -> tuple[float | None, ...] | None:
    """One an item, rounded; None where there are no outputs, or too few of them an item."""
    if not outputs:
        return None
    if measure.several and not any(one.sample for one in outputs):
        return None
    # Items may have as many options as they like.
    starts = [at for at, one in enumerate(outputs) if one.sample == 0]
    found = (measure.of(outputs[at:end]) for at, end in pairwise([*starts, len(outputs)]))
    return tuple(None if value is None else round(value, DIGITS) for value in found)


def kept_by(
    measures: Mapping[str, OutputMeasure], outputs: Mapping[TaskKind, Sequence[Output]], answers: Sequence[Answer] = ()
) -> dict[str, object]:
    """The fields of `Details` that hold these measures of `outputs`, and of the marked `answers` among them."""
    found = {
        name: values(one, answers if one.needs == "marked answers" else outputs.get(one.needs, ()))
        for name, one in measures.items()
    }
    more = {name: value for name, value in found.items() if value is not None and measures[name].field is None}
    return {"more": more} | {field: found[name] for name, one in measures.items() if (field := one.field)}


def kept_of(measure: OutputMeasure, name: str, details: Details) -> tuple[float | None, ...] | None:
    """Its values; None where they were not kept."""
    found = getattr(details, measure.field) if measure.field else details.more.get(name)
    return None if found is None else tuple(found)
