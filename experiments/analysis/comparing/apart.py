"""Where a verdict is not what the interval beside it says alone: why, in the same words everywhere.

Intervals are of one comparison each; verdicts go by p values that are corrected for how many comparisons there are. So
an interval may exclude 0 and the difference be not sure. Equivalence is two one-sided tests at 5 %, so it goes by the
90 % interval, where the 95 % one is shown.
"""

from __future__ import annotations

from domains.interval import Interval
from experiments.analysis.comparing.family import ALPHA
from experiments.analysis.words import p_words


def apart(found: Interval, p: float | None, p_adjusted: float | None, comparisons: int, since: str = "") -> str:
    """Why a difference is sure although its interval holds 0, or not sure although it does not.

    Empty where they agree, and where nothing was tested. `comparisons`: how many p is corrected for; `since`: what else
    it is corrected for.
    """
    if p_adjusted is None or found.ends is None or (found.sign != 0) == (p_adjusted <= ALPHA):
        return ""
    if p_adjusted <= ALPHA:
        return f"sure by the test ({p_words(p_adjusted)}), although this wider interval holds 0"
    if p is not None and p > ALPHA:
        return f"interval by itself; by the test {p_words(p_adjusted)}, not sure"
    return f"interval of one comparison; {corrected(comparisons)}{since} {p_words(p_adjusted)}, not sure"


def within(found: Interval, p_adjusted: float | None, comparisons: int, rope: float) -> str:
    """The same of a claim that a difference lies within ± `rope`."""
    if p_adjusted is None or found.ends is None:
        return ""
    inside, claimed = max(map(abs, found.ends)) <= rope, p_adjusted <= ALPHA
    if inside == claimed:
        return ""
    if claimed:
        return f"within ±{rope:g} by two one-sided tests at 5 %, which go by the 90 % interval"
    how = corrected(comparisons) if comparisons > 1 else "by the test"
    return f"interval of one comparison; that it lies within ±{rope:g} is not sure {how}"


def corrected(comparisons: int) -> str:
    """``after correction for 9 comparisons``."""
    return f"after correction for {comparisons} comparison{'s' * (comparisons != 1)}"
