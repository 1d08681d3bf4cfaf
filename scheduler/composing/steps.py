"""Dividing optimizer steps without losing any."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache


def apportion(total: int, weights: Mapping[str, float], least: int = 1) -> dict[str, int]:
    """`total` in whole parts proportional to positive `weights`, each at least `least`: largest remainders.

    Ties go to the names written first, so parts do not depend on any order of training. ValueError where `total`
    is too small.
    """
    if total < least * len(weights):
        raise ValueError(f"{total} steps cannot be divided into {len(weights)} parts of at least {least}")
    exact = _whole(weights)
    small: dict[str, int] = {}
    while True:
        rest = {name: weight for name, weight in exact.items() if name not in small}
        whole, free = sum(rest.values()), total - least * len(small)
        below = [name for name, weight in rest.items() if free * weight < least * whole]
        if not below:
            break
        small |= dict.fromkeys(below, least)
    parts = {name: free * weight // whole for name, weight in rest.items()}
    left = free - sum(parts.values())
    for name in sorted(parts, key=lambda name: parts[name] * whole - free * rest[name])[:left]:
        parts[name] += 1
    return {name: small.get(name, parts.get(name, 0)) for name in weights}


def in_rounds(steps: int, rounds: int) -> list[int]:
    """`steps` in `rounds` parts as equal as can be, larger ones first."""
    each, more = divmod(steps, rounds)
    return [each + (k < more) for k in range(rounds)]


def cut_evenly(total: int, parts: int) -> list[int]:
    """`total` in `parts` consecutive pieces that end where even ones, rounded up, would."""
    ends = [-(-total * (k + 1) // parts) for k in range(parts)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _whole(weights: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that are exactly proportional to these decimal ones, so that equal weights and a fitting total give
    back the very parts that they came from."""
    exact = {name: _decimal(weight) for name, weight in weights.items()}
    common = math.lcm(*(one.denominator for one in exact.values()))
    return {name: one.numerator * (common // one.denominator) for name, one in exact.items()}


@lru_cache(maxsize=1024)
def _decimal(weight: float) -> Fraction:
    return Fraction(str(weight))
