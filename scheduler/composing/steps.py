"""Dividing optimizer steps without losing any."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def apportion(total: int, weights: Mapping[str, float], least: int = 1) -> dict[str, int]:
    """`total` in whole parts proportional to positive `weights`, each at least `least`: largest remainders.

    Ties go to the names written first, so parts do not depend on any order of training. ValueError where `total`
    is too small.
    """
    if total < least * len(weights):
        raise ValueError(f"{total} steps cannot be divided into {len(weights)} parts of at least {least}")
    # Exact, so that equal weights and a fitting total give back the very parts that they came from.
    exact = {name: Fraction(str(weight)) for name, weight in weights.items()}
    small: dict[str, int] = {}
    while True:
        rest = {name: weight for name, weight in exact.items() if name not in small}
        quotas = _quotas(total - sum(small.values()), rest)
        below = [name for name, quota in quotas.items() if quota < least]
        if not below:
            break
        small |= dict.fromkeys(below, least)
    parts = {name: int(quota) for name, quota in quotas.items()}
    left = total - sum(small.values()) - sum(parts.values())
    for name in sorted(parts, key=lambda name: parts[name] - quotas[name])[:left]:
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


def _quotas(total: int, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    whole = sum(weights.values())
    return {name: total * weight / whole for name, weight in weights.items()}
