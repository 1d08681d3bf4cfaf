"""Falling entropy first, rising last (the hypothesis of Omni-Thinker, arXiv 2507.14783)."""

from __future__ import annotations

from scheduler.orderings.base import OrderingInput


def entropy(data: OrderingInput) -> tuple[str, ...]:
    """By measured ΔH, ascending. Where any domain's is missing: declared structured first, then by name."""
    keys = dict(zip(data.domains, entropy_keys(data), strict=True))
    return tuple(sorted(data.domains, key=lambda name: (keys[name], name)))


def entropy_keys(data: OrderingInput) -> tuple[float, ...]:
    """What is sorted by, domain by domain: measured ΔH, or 1 for creative and 0 for structured."""
    measured = [value for value in data.delta_entropy if value is not None]
    if len(measured) == len(data.domains):
        return tuple(measured)
    return tuple(float(kind == "creative") for kind in data.kinds)
