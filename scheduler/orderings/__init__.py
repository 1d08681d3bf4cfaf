"""Ways to order domains. One file per ordering: a pure function from `OrderingInput` to names, first to last.

To add one: write the file, name it in `OrderName` (curricula/stage.py) and in `ORDERINGS`.
"""

from __future__ import annotations

from curricula.schema import OrderName
from scheduler.orderings.base import Ordering, OrderingInput
from scheduler.orderings.bwt import bwt
from scheduler.orderings.bwt_entropy import bwt_entropy
from scheduler.orderings.entropy import entropy
from scheduler.orderings.given import given
from scheduler.orderings.greedy import greedy
from scheduler.orderings.random import random
from scheduler.orderings.reverse import reverse

ORDERINGS: dict[OrderName, Ordering] = {
    "bwt": bwt,
    "bwt_entropy": bwt_entropy,
    "entropy": entropy,
    "greedy": greedy,
    "given": given,
    "random": random,
    "reverse": reverse,
}
MEASURED: frozenset[OrderName] = frozenset({"bwt", "bwt_entropy", "entropy", "greedy", "reverse"})
"""Orderings that need probes."""
BLIND: frozenset[OrderName] = frozenset({"entropy", "given", "random"})
"""Orderings that do not look at scores."""

__all__ = ["BLIND", "MEASURED", "ORDERINGS", "Ordering", "OrderingInput"]
