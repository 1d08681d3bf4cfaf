"""What preparation found: a domain's splits, and what is to be said of them."""

from __future__ import annotations

from dataclasses import dataclass

from domains.example import Split, Splits
from domains.preparation.crossings import Twins


@dataclass(frozen=True)
class Found:
    """A domain's data."""

    splits: Splits
    twins: dict[Split, Twins]
    """By what items are known to other domains."""
    notes: tuple[str, ...] = ()
    """What a person should know of how they came about, e.g. how many rows were skipped; once prepared for a domain,
    each begins with its name."""
