"""Ways to order domains. One file per ordering: a pure function from `OrderingInput` to names, first to last.

To add one: write the file, name it in `OrderName` (curricula/stage.py), in `ORDERINGS` and in `ORIGINS`.
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
ORIGINS: dict[OrderName, str] = {
    "bwt": "The order with the best predicted total under measured transfer.",
    "bwt_entropy": "The order with the best predicted total, with falling entropy first where transfer is undecided.",
    "entropy": "Domains whose training lowers entropy first, those that raise it last.",
    "greedy": "Repeatedly the domain whose probe scores highest on the rest.",
    "given": "The order that the curriculum gives.",
    "random": "A random order.",
    "reverse": "The order with the worst predicted total under measured transfer.",
}
"""One sentence for the report: why a schedule in this order exists."""
MEASURED: frozenset[OrderName] = frozenset({"bwt", "bwt_entropy", "entropy", "greedy", "reverse"})
"""Orderings that need probes."""
BLIND: frozenset[OrderName] = frozenset({"entropy", "given", "random"})
"""Orderings that do not look at scores."""

__all__ = ["BLIND", "MEASURED", "ORDERINGS", "ORIGINS", "Ordering", "OrderingInput"]
