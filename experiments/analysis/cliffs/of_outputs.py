"""Measures with one value an item that was kept, and the split of lost variety that rests on two of these."""

from __future__ import annotations

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Reading
from experiments.analysis.cliffs.moments import NOT_KEPT, PairedAnswers
from experiments.analysis.cliffs.reading import A_CHANGE, finite, rested, skipped
from experiments.measures.narrowing import split
from experiments.measures.of_outputs import OutputMeasure, kept_of
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.table import OF_OUTPUTS
from experiments.measures.value import Value
from scheduler.measurements import Array
from scheduler.statistics.intervals import interval

ONE_EACH = "there is one answer an item"
SPLIT = {
    "quality_control": MeasureSpec(
        "quality control",
        "share of characters",
        "after arXiv 2604.16027",
        "profile",
        "prompt",
        "A",
        pairs=True,
        less=True,
    ),
    "narrowing": MeasureSpec(
        "narrowing", "share of characters", "after arXiv 2604.16027", "up", "prompt", "A", pairs=True, less=True
    ),
}


def _read(sides: Sides) -> dict[Name, Reading]:
    return {name: _of_items(sides.pair, name, one) for name, one in OF_OUTPUTS.items()}


def _of_items(pair: PairedAnswers, name: Name, measure: OutputMeasure) -> Reading:
    """A mean over items; those without a value at either moment in any seed are left out."""
    missing = _missing(pair, several=measure.several)
    if measure.needs not in ("answers", "marked answers"):
        missing = f"it takes what is recorded of {measure.needs}, which was not asked or not kept"
    both = pair.of_each(lambda one: kept_of(measure, name, one))
    if both is None:
        return skipped(missing)
    return finite(both, measure.missing, measure.ends)


def _missing(pair: PairedAnswers, *, several: bool) -> str:
    """Why there is none; `several`: it takes several answers an item."""
    return ONE_EACH if several and pair.after and pair.after[0].samples == 1 else NOT_KEPT


def _narrowing(sides: Sides) -> dict[Name, Reading]:
    """The change of distance, split; each part is a change and has no value of its own."""
    whole, formed = sides.pair.items("distance"), sides.pair.items("distance_formed")
    if whole is None or formed is None:
        return {name: skipped(_missing(sides.pair, several=True)) for name in SPLIT}
    parts = split(*whole, *formed)
    if not parts.whole.size:
        none = skipped("no item has two answers that were found, in all that is compared")
        return dict.fromkeys(SPLIT, none)
    return {"quality_control": _only_change(parts.quality_control), "narrowing": _only_change(parts.narrowing)}


def _only_change(change: Array) -> Reading:
    return Reading(value=Value.skipped(A_CHANGE), change=rested(interval({"": change}), change.shape[1]))


FAMILY = Family({name: one.spec for name, one in OF_OUTPUTS.items()}, _read)
NARROWING = Family(SPLIT, _narrowing)
