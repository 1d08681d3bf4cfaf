"""Items that the earlier model solved and the later one does not, and the other way round."""

from __future__ import annotations

import numpy as np

from experiments.analysis.cliffs.family import Family, Sides
from experiments.analysis.cliffs.model import Flipped, Reading
from experiments.analysis.cliffs.moments import NOT_KEPT, PairedAnswers
from experiments.analysis.cliffs.reading import A_CHANGE, SHARE, careful, skipped
from experiments.measures.regressions import flips, solved
from experiments.measures.spec import MeasureSpec, Name
from experiments.measures.value import Value
from scheduler.measurements import Array

NOT_RIGHT_OR_WRONG = "scores are not 0 or 1"
MEASURES = {
    "regressed": MeasureSpec(
        "regressed", "share of items that the base solved", "McNemar 1947", "down", "prompt", "A", pairs=True
    ),
    "recovered": MeasureSpec(
        "recovered", "share of items that the base did not solve", "McNemar 1947", "up", "prompt", "A", pairs=True
    ),
}


def flipped(pair: PairedAnswers) -> Flipped | None:
    """None where answers are not right or wrong, or were not kept."""
    both = _solved(pair)
    if isinstance(both, str):
        return None
    found = flips(*both)
    return Flipped(solved=found.solved, regressed=found.regressed, recovered=found.recovered, net=found.net, p=found.p)


def _read(sides: Sides) -> dict[Name, Reading]:
    """Shares conditional on what the base solved, which is the same for all seeds."""
    both = _solved(sides.pair)
    if isinstance(both, str):
        return {"regressed": skipped(both), "recovered": skipped(both)}
    before, after = both
    always, never = before.min(axis=0) == 1, before.max(axis=0) == 0
    return {
        "regressed": _share_of(1 - after[:, always], "the base solved no item"),
        "recovered": _share_of(after[:, never], "the base solved every item"),
    }


def _share_of(flipped: Array, missing: str) -> Reading:
    if not flipped.size:
        return skipped(missing)
    return Reading(value=Value.of(careful(flipped, SHARE), flipped.shape[1]), change=Value.skipped(A_CHANGE))


def _solved(pair: PairedAnswers) -> tuple[Array, Array] | str:
    """Items solved before and after, each (seeds, items), or why that cannot be said."""
    marks = pair.answers("scores")
    if marks is None:
        return NOT_KEPT
    if not all(np.isin(each, (0.0, 1.0)).all() for each in marks):
        return NOT_RIGHT_OR_WRONG
    return solved(marks[0]), solved(marks[1])


FAMILY = Family(MEASURES, _read)
