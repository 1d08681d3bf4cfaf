"""Shares of a mixture of several domains."""

from __future__ import annotations

from collections.abc import Mapping


def lengthened(shares: Mapping[str, float], lengths: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Each domain's share times its length; not normalised, by name. `lengths` may hold other domains too."""
    longest = max(lengths.values())
    return tuple(sorted((name, share * (lengths[name] / longest)) for name, share in shares.items()))
