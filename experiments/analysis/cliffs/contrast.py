"""A change of score as a contrast: how sure it is, with the luck of the base's one draw, and its verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from domains.interval import Interval
from experiments.analysis.cliffs.beside import beside
from experiments.analysis.cliffs.judging import judged
from experiments.analysis.cliffs.model import Contrast, Steepness
from experiments.analysis.cliffs.moments import Answers
from experiments.analysis.cliffs.reading import opened, within
from experiments.analysis.cliffs.verdicts import FALLS
from experiments.analysis.comparing.apart import apart
from scheduler.measurements import Array
from scheduler.statistics.intervals import Spread, spread
from scheduler.statistics.power import FEWEST
from scheduler.statistics.shared_draw import doubted, worth


def p_of(change: Array | None, pair: Answers) -> float | None:
    """p of a change (seeds, items); None where there are too few seeds to claim anything."""
    return None if change is None or len(change) < FEWEST else _spread(change, pair).p_value(float(change.mean()))


def contrast(
    change: Array | None,
    pair: Answers,
    p_adjusted: float | None,
    steepness: Steepness | None = None,
    comparisons: int = 1,
) -> Contrast:
    """The cell's contrast with its verdict. `steepness` of the one stage that it spans; `comparisons`: how many
    `p_adjusted` is corrected for."""
    missing = Interval.unknown("no seed finished both")
    whole = missing if change is None else _interval(change, pair)
    found = beside(pair, steepness)
    verdict, reason = judged(whole, p_adjusted, found)
    if verdict not in FALLS and steepness is not None:
        found = replace(found, steepness=steepness.model_copy(update={"way": ()}))
    p = p_of(change, pair)
    return Contrast(
        change=whole,
        p=p,
        p_adjusted=p_adjusted,
        **vars(found),
        verdict=verdict,
        reason=reason,
        apart=apart(whole, p, p_adjusted, comparisons),
    )


def _interval(change: Array, pair: Answers) -> Interval:
    """Of a change. Where most items did alike it is at least as wide as the rule of three has it; where all answers
    score alike at both moments, no score leaves the scale from 0 to 1."""
    found = opened(_spread(change, pair).about(float(change.mean())), change)
    marks = pair.answers("scores")
    if marks is None or not marks[0].size or max(map(np.max, marks)) > min(map(np.min, marks)):
        return within(found, (-1.0, 1.0))
    level = float(marks[0].flat[0])
    return within(found, (-level, 1 - level))


def _spread(change: Array, pair: Answers) -> Spread:
    """How a change varies, with the luck of the one draw of the base's answers."""
    return spread({"": doubted(change, _grain(pair))})


def _grain(pair: Answers) -> float:
    """What one answer may be worth in an item's score; 0 where answers were not kept, or their luck shows."""
    marks = pair.answers("scores")
    return 0.0 if marks is None or not marks[0].size else worth(*marks) / int(marks[1].shape[-1])
