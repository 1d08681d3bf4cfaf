"""Whether a sure fall is one of execution: the steps are as good as they were, and sums in them go wrong.

Two things tell, and either is enough. A calculator that the model called while it answered is what would have happened;
sums that are done right afterwards are reckoned for every answer, where nothing of the kind was asked.
"""

from __future__ import annotations

from domains.interval import Interval
from experiments.analysis.cliffs.beside import Beside
from experiments.analysis.cliffs.calculated import NO_CALLS, NOT_SOLVABLE
from experiments.analysis.words import share, signed, signed_span
from experiments.measures.value import Value

LEFT = 0.5
"""Where less than this share of a fall is left among the answers that were found, form explains it; where less is left
with a calculator, or with all sums done right, execution does."""


def explains(fall: float, rest: Value) -> bool:
    """Whether what is left of a fall is less than half of it, and not significant by itself. Of what has no interval
    nobody knows."""
    return rest.interval.ends is not None and rest.interval.sign >= 0 and rest.interval.value > LEFT * fall


def by_execution(change: Interval, beside: Beside) -> tuple[bool, str]:
    """Whether execution explains the fall, and what the calculator or the sums say to that; "" where nothing does."""
    aided, dissolved = beside.with_calculator, beside.dissolved
    by_calculator, told = _by_calculator(change, aided, dissolved)
    if by_calculator:
        return True, told
    sums = _by_sums(change, beside.executed, beside.slipped)
    return sums is not None, "; ".join(part for part in (sums, told) if part)


def _by_calculator(change: Interval, aided: Value, dissolved: Value) -> tuple[bool, str]:
    """Asked of the first items alone: what is left is held against the fall of these, and of all."""
    if aided.status == "skipped":
        return False, aided.reason if aided.reason in (NO_CALLS, NOT_SOLVABLE) else ""
    left, gained = (f"{signed(one.interval.value)} ({signed_span(one.interval, 2)})" for one in (aided, dissolved))
    fall = max(change.value, aided.interval.value - dissolved.interval.value)
    known = aided.status == dissolved.status == "ok"
    explained = known and dissolved.interval.sign > 0 and explains(fall, aided)
    return explained, f"with a calculator {left} is left, which gains {gained} more than before"


def _by_sums(change: Interval, executed: Value, slipped: Value) -> str | None:
    """Why a fall is one of execution alone; None where it is not, or nothing tells."""
    if "skipped" in (executed.status, slipped.status) or slipped.interval.sign <= 0:
        return None
    if not explains(change.value, executed):
        return None
    left = f"with every sum done right {signed(executed.interval.value)} ({signed_span(executed.interval, 2)})"
    return f"wrong sums alone cost {share(slipped.interval.value)} more than before, and {left}"
