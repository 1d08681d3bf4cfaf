"""The interval of a ratio of two paired statistics, after Fieller (1954, J. of the Royal Statistical Society B 16(2)).

A ratio ρ is in the interval if A − ρ·B may be 0: if it is no larger than the half-width of its own interval. Seeds and
items are the same for both, so A − ρ·B has blocks of its own, and its variances are quadratic in ρ:

    V(A − ρ·B) = V(A) − ρ·(V(A) + V(B) − V(A − B)) + ρ²·V(B)

The set of such ρ is bounded as long as B itself is surely above 0.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy.optimize import brentq

from domains.interval import Interval
from scheduler.statistics.intervals import LEVEL, Blocks, Spread, spread, total

SURE = 3.0
"""Standard errors by which a baseline must lie above 0 for anything to be relative to it."""
STEP = 1e-12


def ratio(above: Blocks, below: Blocks, level: float = LEVEL) -> Interval:
    """Total of `above` over total of `below`, domains and shapes alike. Missing where `below` is not surely above 0."""
    ours, theirs = spread(above), spread(below)
    mine, base = total(above), total(below)
    if base <= max(SURE * theirs.error, theirs.half_width(level)):
        return Interval.unknown("the baseline is too near 0 for anything to be relative to it", ours.seeds)
    apart = spread({name: above[name] - below[name] for name in above})

    def outside(rho: float) -> float:
        return abs(mine - rho * base) - _mixed(ours, theirs, apart, rho).half_width(level)

    found = mine / base
    step = max(STEP, _mixed(ours, theirs, apart, found).half_width(level) / base)
    return Interval.of(found, _end(outside, found, -step), _end(outside, found, step), ours.seeds)


def _end(outside: Callable[[float], float], inside: float, step: float) -> float:
    """Where `outside` becomes positive, from `inside` in the direction of `step`."""
    beyond = inside + step
    while outside(beyond) <= 0:
        step *= 2
        beyond = inside + step
    return float(brentq(outside, inside, beyond)) if outside(inside) < 0 else inside


def _mixed(ours: Spread, theirs: Spread, apart: Spread, rho: float) -> Spread:
    """The spread of A − ρ·B from those of A, B and A − B. What rounding leaves below 0 is 0."""

    def mixed(a: float, b: float, d: float) -> float:
        return max(0.0, a - rho * (a + b - d) + rho * rho * b)

    return Spread(
        seeds=ours.seeds,
        items=ours.items,
        by_seed=mixed(ours.by_seed, theirs.by_seed, apart.by_seed),
        by_mean=mixed(ours.by_mean, theirs.by_mean, apart.by_mean),
        by_cell=mixed(ours.by_cell, theirs.by_cell, apart.by_cell),
    )
