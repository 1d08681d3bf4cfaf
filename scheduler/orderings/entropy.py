"""Falling entropy first, rising last (the hypothesis of Omni-Thinker, arXiv 2507.14783)."""

from __future__ import annotations

from scheduler.orderings.base import OrderingInput


def entropy(data: OrderingInput) -> tuple[str, ...]:
    """By measured ΔH, ascending. Where any domain's is missing: declared structured first, then by name."""
    measured = [value for value in data.delta_entropy if value is not None]
    if len(measured) == len(data.domains):
        keys = dict(zip(data.domains, measured, strict=True))
    else:
        keys = {name: float(kind == "creative") for name, kind in zip(data.domains, data.kinds, strict=True)}
    return tuple(sorted(data.domains, key=lambda name: (keys[name], name)))
