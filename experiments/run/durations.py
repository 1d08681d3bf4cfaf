"""Durations and what is left, as people say them."""

from __future__ import annotations

from experiments.run.remaining import Range

STEPS = ((90.0, 5.0), (1200.0, 60.0), (7200.0, 300.0), (float("inf"), 600.0))
"""Up to so many seconds, a guess is rounded to so many."""
APART = 1.2
"""Ratio of its ends below which a range is said as one number."""


def rough_duration(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"


def rough_range(found: Range) -> str:
    """``about 12 min``, ``40 s to 2 min``, ``3 to 5 min``: no finer than it is known."""
    if found.high < APART * max(found.low, 1.0):
        return f"about {rough_duration(_rounded((found.low + found.high) / 2))}"
    low, high = (rough_duration(_rounded(end)) for end in (found.low, found.high))
    if low == high:
        return f"about {high}"
    number, unit = low.rsplit(" ", 1)
    return f"{number if high.endswith(unit) and ' h ' not in high else low} to {high}"


def _rounded(seconds: float) -> float:
    """To what it is worth, and never to nothing."""
    grain = next(grain for most, grain in STEPS if seconds < most)
    return max(grain, grain * round(seconds / grain))
