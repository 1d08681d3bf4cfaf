"""All that is judged, by name."""

from __future__ import annotations

from benchmarks.orders.planners import planners
from benchmarks.orders.searchers import searchers
from benchmarks.orders.strategy import Strategy


def strategies(draws: int) -> dict[str, Strategy]:
    """Planners and searches; those that draw are replayed `draws` times a seed."""
    return {**planners(), **searchers(draws)}
