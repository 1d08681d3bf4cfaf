"""Readings from per-item values."""

from __future__ import annotations

from experiments.analysis.cliffs.model import Reading
from experiments.measures.value import Value
from scheduler.measurements import Array
from scheduler.statistics import interval


def skipped(reason: str) -> Reading:
    """Neither value nor change, and why."""
    return Reading(value=Value.skipped(reason), change=Value.skipped(reason))


def additive(both: tuple[Array, Array] | None, missing: str, items: int | None = None) -> Reading:
    """A mean over items: `both` are its values (before, after) by seed and item. `items`: how many stand behind the
    columns, where these are groups of items."""
    if both is None:
        return skipped(missing)
    before, after = both
    count = after.shape[1] if items is None else items
    return Reading(value=Value.of(interval({"": after}), count), change=Value.of(interval({"": after - before}), count))
