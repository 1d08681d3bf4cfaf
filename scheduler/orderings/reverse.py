"""The worst order under measured transfer: how much there is to lose."""

from __future__ import annotations

from scheduler.orderings.base import OrderingInput
from scheduler.orderings.bwt import bwt


def reverse(data: OrderingInput) -> tuple[str, ...]:
    """Minimises the predicted total. Order and reverse sum to a constant: it is the best reversed."""
    return bwt(data)[::-1]
