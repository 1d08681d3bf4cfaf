"""Claim 7: the same items without a calculator and with one that is called while answering, before and after a stage.

Read off what `inquiries: [calculator]` recorded, over the items that a calculator can solve at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.claims.changes import careful_p, on
from benchmarks.claims.model import UNTESTED, Claim, Comparison, compared, corrected, told, untested
from benchmarks.claims.probes import depth
from experiments.analysis.cliffs.calculated import NO_CALLS, NOT_ASKED, NOT_SOLVABLE, on_solvable
from experiments.analysis.cliffs.reading import Both
from experiments.analysis.scores import RunScores
from scheduler.measurements import Array

NAME = "tools dissolve some cliffs"
NO_FALL = "no score surely fell without the calculator, so there is no cliff to dissolve"


@dataclass(frozen=True)
class _Asked:
    """One domain before and after one arm: its fall without the calculator, and what the calculator makes of it."""

    fall: Comparison
    """Change of the score without it."""
    dissolved: Comparison
    """Change with it less change without it."""
    note: str
    """How many items, and in how many answers it was called."""


def dissolving(runs: Sequence[RunScores]) -> Claim:
    """A score that surely fell without the calculator, and surely less with it, where it fell surely without."""
    each = [one for scores in runs for one in _each(scores)]
    if not each:
        return untested(NAME, NOT_ASKED)
    rows = corrected([row for one in each for row in (one.fall, one.dissolved)])
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    notes = "; ".join(one.note for one in each)
    if all(fall.finding in UNTESTED for fall, _ in pairs):
        return untested(NAME, "; ".join(dict.fromkeys(told(fall) for fall, _ in pairs)) + f"; {notes}", rows)
    fell = [pair for pair in pairs if pair[0].finding == "as expected"]
    if not fell:
        return untested(NAME, f"{NO_FALL}; {'; '.join(map(told, rows))}; {notes}", rows)
    if all(more.finding in UNTESTED for _, more in fell):
        return untested(NAME, f"{'; '.join(told(row) for pair in fell for row in pair)}; {notes}", rows)
    found = [more for _, more in fell if more.finding == "as expected"]
    contrary = [more for _, more in fell if more.finding == "contrary"]
    counts = f"{len(found)} of {len(fell)} sure falls surely smaller with the calculator, {len(contrary)} surely larger"
    why = f"{counts}: {'; '.join(f'{told(fall)}, {told(more)}' for fall, more in fell)}; {notes}"
    return Claim(NAME, "shown" if found and not contrary else "not shown", why, rows)


def _each(scores: RunScores) -> list[_Asked]:
    done = [arm.name for arm in scores.inputs.schedules if scores.by_seed(arm.name)]
    return [one for arm in done for name in scores.domains if (one := _asked(scores, arm, name))]


def _asked(scores: RunScores, arm: str, domain: str) -> _Asked | None:
    """None where it was not asked."""
    both, what = on(scores, arm, domain), f"{arm} ({depth(scores.inputs.curriculum)[1]}) on {domain}"
    if both.items("solvable") is None:
        return None
    found = on_solvable(both)
    if found is None:
        return _Asked(*_compared(what, NOT_SOLVABLE, NOT_SOLVABLE), f"{what}: no item is solvable")
    without, score, calls, _ = found
    fall = without[1] - without[0]
    called = any(side.any() for side in calls)
    more = score[1] - score[0] - fall if called else NO_CALLS
    means = f"{_means('without it', without)}, {_means('with it', score)}"
    note = f"{what}: {fall.shape[1]} solvable items, {means}, {_shares(calls)}"
    return _Asked(*_compared(what, fall, more), note)


def _compared(what: str, fall: Array | str, more: Array | str) -> tuple[Comparison, Comparison]:
    p, q = (None if isinstance(one, str) else careful_p(one) for one in (fall, more))
    return (
        compared(f"{what}: score without the calculator", -1, fall, p),
        compared(f"{what}: less of the fall with it", 1, more, q),
    )


def _means(name: str, both: Both) -> str:
    return f"{name} {both[0].mean():.3f} before and {both[1].mean():.3f} after"


def _shares(calls: Both) -> str:
    before, after = ((side > 0).mean() for side in calls)
    return f"called in {before:.0%} and {after:.0%} of the answers"
