"""A claim, what it was held against, and what came of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from domains.interval import Interval
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm, interval, p_value
from scheduler.statistics.power import FEWEST

ALPHA = 0.05
"""Of a claim's comparisons together, by Holm."""
Outcome = Literal["shown", "not shown", "not testable"]
Finding = Literal["as expected", "contrary", "undecided", "too few seeds", "missing"]
UNTESTED: tuple[Finding, ...] = ("too few seeds", "missing")
Sign = Literal[-1, 1]
Rule = Literal["any", "all"]
"""`any`: one comparison that is surely as claimed will do, where none is surely the contrary. `all`: every one."""


@dataclass(frozen=True)
class Comparison:
    """One change since the base model, and which way the claim has it."""

    what: str
    """E.g. ``sums on sorting: brier``: trained on, measured on, measure."""
    expected: Sign
    """The sign that the claim expects."""
    change: Interval
    items: int = 0
    p: float | None = None
    """Two-sided, of no change; None where there is no number or too few seeds to claim anything."""
    p_adjusted: float | None = None
    """By Holm over the claim's comparisons."""

    @property
    def finding(self) -> Finding:
        """What it says of the claim."""
        if self.change.estimate is None:
            return "missing"
        if self.p is None:
            return "too few seeds"
        if self.p_adjusted is None or self.p_adjusted > ALPHA:
            return "undecided"
        return "as expected" if self.change.estimate * self.expected > 0 else "contrary"


@dataclass(frozen=True)
class Claim:
    """One row of the page."""

    name: str
    outcome: Outcome
    why: str
    comparisons: tuple[Comparison, ...] = ()


def compared(what: str, expected: Sign, change: Array | str, p: float | None = None) -> Comparison:
    """From a change by (seeds, items), or the reason why there is none. `p`: where it is reckoned otherwise."""
    if isinstance(change, str):
        return Comparison(what, expected, Interval.unknown(change))
    if len(change) < FEWEST:
        p = None
    elif p is None:
        p = 1.0 if not np.any(change) else p_value({"": change})
    return Comparison(what, expected, interval({"": change}), change.shape[1], p)


def corrected(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """With p values by Holm over all that have one."""
    sure = holm({at: one.p for at, one in enumerate(comparisons)})
    return tuple(replace(one, p_adjusted=sure.get(at)) for at, one in enumerate(comparisons))


def judged(name: str, comparisons: Sequence[Comparison], rule: Rule, note: str = "") -> Claim:
    """What the comparisons say of a claim; `note` is added to the reason."""
    rows = corrected(comparisons)
    found = [row.finding for row in rows]
    tested = [one for one in found if one not in UNTESTED]
    if not tested:
        return Claim(name, "not testable", _joined(_missing(rows), note), rows)
    good, bad, open_ = (tested.count(one) for one in ("as expected", "contrary", "undecided"))
    most = good == len(found) if rule == "all" else bool(good and not bad)
    counts = f"{good} of {len(tested)} comparisons surely as claimed, {bad} surely the contrary, {open_} undecided"
    surest = min((row for row in rows if row.p is not None), key=lambda row: row.p or 0.0)
    counts += f"; surest: {told(surest)}"
    if len(found) > len(tested):
        counts += f"; {len(found) - len(tested)} could not be made"
    return Claim(name, "shown" if most else "not shown", _joined(counts, note), rows)


def untested(name: str, why: str, comparisons: Sequence[Comparison] = ()) -> Claim:
    """A claim that this run says nothing of; `comparisons` are what it says of a part."""
    return Claim(name, "not testable", why, corrected(comparisons))


def told(one: Comparison) -> str:
    """``sums on sorting: brier +0.080 (+0.040 to +0.120)``; without a number why there is none."""
    if one.change.estimate is None:
        return f"{one.what}: {one.change.missing}"
    span = f" ({one.change.ends[0]:+.3f} to {one.change.ends[1]:+.3f})" if one.change.ends else ""
    return f"{one.what} {one.change.estimate:+.3f}{span}"


def _missing(rows: Sequence[Comparison]) -> str:
    reasons = dict.fromkeys(
        row.change.missing or f"{row.change.n} of the {FEWEST} seeds that a claim takes" for row in rows
    )
    return "; ".join(reasons) or "there is nothing to compare"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
