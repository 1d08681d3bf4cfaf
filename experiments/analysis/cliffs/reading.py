"""Readings from values by seed and item: means over items with their intervals, or the reason why there is none."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from domains.interval import Interval
from experiments.analysis.cliffs.model import Reading
from experiments.measures.value import LEAST_ITEMS, Value
from scheduler.measurements import Array
from scheduler.statistics.intervals import LEVEL, interval
from scheduler.statistics.unseen import alike, least, widened

A_CHANGE = "it is a change itself"
Both = tuple[Array, Array]
"""An earlier and a later model's values (before, after), each (seeds, items), NaN where an item has none."""
Ends = tuple[float, float]
SHARE: Ends = (0.0, 1.0)
"""Between which a share or a probability lies; the difference of two lies between −1 and 1."""
GAP: Ends = (-1.0, 1.0)


@lru_cache(maxsize=1024)
def skipped(reason: str) -> Reading:
    """Neither value nor change, and why. Most measures of most cells are so, for few reasons."""
    nothing = Value.skipped(reason)
    return Reading(value=nothing, change=nothing)


def careful(
    block: Array, ends: Ends, *, right_or_wrong: bool = True, level: float = LEVEL, step: float = 1.0
) -> Interval:
    """Mean of (seeds, items) with its interval at this level, within `ends`.

    Of answers that are right or wrong two items more are counted, one `step`, which is what one more right answer adds
    to an item, above the mean and one as far below it: where all items are alike, their spread says nothing of those
    that were not drawn (after Agresti and Caffo 2000, The American Statistician 54(4)). So 40 of 40 is .93 to 1, much
    as by the rule of three.
    """
    middle = block.mean(axis=1, keepdims=True)
    found = interval({"": np.hstack([block, middle + step, middle - step]) if right_or_wrong else block}, level)
    if found.ends is None:
        return found
    return within(Interval.of(float(block.mean()), *found.ends, found.n), ends)


def additive(both: Both | None, missing: str, items: int | None = None, ends: Ends | None = None) -> Reading:
    """A mean over items: `both` are its values (before, after) by seed and item. `items`: how many stand behind the
    columns, where these are groups of items. `ends`: between which a mean can lie, where it cannot lie anywhere."""
    if both is None:
        return skipped(missing)
    before, after = both
    count = after.shape[1] if items is None else items
    value, change = interval({"": after}), interval({"": after - before})
    if ends is not None:
        width = ends[1] - ends[0]
        value = within(opened(value, after), ends)
        change = within(opened(change, after - before), (-width, width))
    return Reading(value=rested(value, count), change=rested(change, count))


def rested(found: Interval, items: int) -> Value:
    """What rests on so many items' means: without ends where they are too few. Their spread says next to nothing of the
    others': of one item there is none, and the interval would be a point beside 0."""
    if found.ends is None or items >= LEAST_ITEMS:
        return Value.of(found, items)
    why = f"{items} of at least {LEAST_ITEMS} items are too few for an interval"
    bare = Interval(estimate=found.estimate, low=None, high=None, n=found.n, missing=why)
    return Value.of(bare, items)


def finite(both: Both, missing: str, ends: Ends | None = None) -> Reading:
    """A mean over the items that have a value at both moments in every seed; `ends` as in `additive`."""
    kept = valued(both)
    return additive((both[0][:, kept], both[1][:, kept]), missing, ends=ends) if kept.any() else skipped(missing)


def bounded(both: Both, ends: Ends, missing: str, step: float = 1.0) -> Reading:
    """The same of values that are mostly one of two, `step` apart, with intervals that do not vanish where all are
    alike."""
    kept = valued(both)
    if not kept.any():
        return skipped(missing)
    before, after = (each[:, kept] for each in both)
    width, count = ends[1] - ends[0], int(kept.sum())
    change = careful(after - before, (-width, width), step=step)
    return Reading(value=Value.of(careful(after, ends, step=step), count), change=Value.of(change, count))


def later(both: Both, ends: Ends, missing: str, level: float) -> Interval:
    """Of the later model alone, over the same items as in `bounded`, at a level."""
    kept = valued(both)
    return careful(both[1][:, kept], ends, level=level) if kept.any() else Interval.unknown(missing)


def valued(both: Both) -> np.ndarray:
    """Items that have a value at both moments in every seed."""
    return np.asarray(np.isfinite(both[0]).all(axis=0) & np.isfinite(both[1]).all(axis=0))


def opened(found: Interval, block: Array) -> Interval:
    """The interval of (seeds, items), as wide as the rule of three has it where most of them are alike."""
    return widened(found, least(block.shape[1])) if alike(block) else found


def within(found: Interval, ends: Ends) -> Interval:
    """No end beyond what a mean can be."""
    if found.ends is None:
        return found
    return Interval.of(found.value, max(ends[0], found.ends[0]), min(ends[1], found.ends[1]), found.n)
