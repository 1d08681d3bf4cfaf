"""The best order under measured transfer, exactly."""

from __future__ import annotations

from scheduler.exact import solve
from scheduler.orderings.base import OrderingInput


def bwt(data: OrderingInput) -> tuple[str, ...]:
    """Maximises the predicted total (scheduler/exact.py)."""
    return solve(data.domains, data.weights, data.transfer[None]).order(0)
