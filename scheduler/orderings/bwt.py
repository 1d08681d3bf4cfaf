"""The best order under measured transfer."""

from __future__ import annotations

from scheduler.linear_ordering.best_orders import solve
from scheduler.orderings.base import OrderingInput


def bwt(data: OrderingInput) -> tuple[str, ...]:
    """Maximises the predicted total (scheduler/linear_ordering/best_orders.py), within the limits."""
    return solve(data.domains, data.weights, data.transfer[None], wrong=data.wrong, limits=data.limits).order(0)
