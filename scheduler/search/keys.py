"""Names of the search's parameters: a choice, or a choice for one domain, written ``length.sums``.

No choice and no domain has a point in its name, so a name is taken apart as it was made. Only this file knows how.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

ORDER = "order"
"""What people read in place of the places (scheduler/search/orders.py)."""
PLACE, LENGTH, LEAVE_OUT, METHOD = "place", "length", "leave_out", "method"
"""Choices that are made for each domain."""
REPAIR, REPAIRED, DROP, DROPPED = "repair", "repaired", "drop", "dropped"
"""A share of the budget, and the domain that gets or loses it."""
POINT = "."


class Key(NamedTuple):
    """What a parameter chooses, and for which domain; None: for the whole schedule."""

    choice: str
    domain: str | None = None

    @property
    def text(self) -> str:
        """The parameter's name."""
        return self.choice if self.domain is None else f"{self.choice}{POINT}{self.domain}"


@lru_cache(maxsize=1024)
def parameter(choice: str, domain: str) -> str:
    """The name of a choice that is made for a domain."""
    return Key(choice, domain).text


@lru_cache(maxsize=1024)
def key_of(text: str) -> Key:
    """The key whose `text` this is."""
    choice, point, domain = text.partition(POINT)
    return Key(choice, domain if point else None)
