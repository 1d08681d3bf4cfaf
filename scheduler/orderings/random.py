"""Random orders, by hash: the same on every machine, and blind to the order in which domains are written."""

from __future__ import annotations

import math

from domains.frozen import fingerprint
from scheduler.orderings.base import OrderingInput


def random(data: OrderingInput) -> tuple[str, ...]:
    """Number `draw` of `random_orders`."""
    return random_orders(data.domains, data.seed, data.draw + 1)[data.draw]


def random_orders(domains: tuple[str, ...], seed: int, count: int) -> list[tuple[str, ...]]:
    """`count` orders, distinct until all n! have occurred; a longer list starts with the shorter one."""
    orders: list[tuple[str, ...]] = []
    distinct = math.factorial(len(domains))
    attempt = 0
    while len(orders) < count:
        order = _shuffled(domains, seed, attempt)
        attempt += 1
        if order not in orders[len(orders) // distinct * distinct :]:
            orders.append(order)
    return orders


def _shuffled(domains: tuple[str, ...], seed: int, attempt: int) -> tuple[str, ...]:
    return tuple(sorted(domains, key=lambda name: fingerprint([seed, attempt, name])))
