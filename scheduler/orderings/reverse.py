"""The worst order under measured transfer: how much there is to lose."""

from __future__ import annotations

from dataclasses import replace

from scheduler.orderings.base import OrderingInput
from scheduler.orderings.bwt import bwt


def reverse(data: OrderingInput) -> tuple[str, ...]:
    """Minimises the predicted total, whatever the limits. Order and reverse sum to a constant: it is the best one
    reversed."""
    flipped = tuple(members[::-1] for members in data.groups)
    return bwt(replace(data, groups=flipped, limits=None))[::-1]
