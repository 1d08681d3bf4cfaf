"""Whole numbers from shares."""

from __future__ import annotations

from collections.abc import Mapping

PARTS = 1000
"""Adaptive mixing's shares are whole numbers of these parts."""


def share_out(mixture: Mapping[str, float], total: int) -> dict[str, int]:
    """Split `total` by the mixture's shares, by largest remainder: the counts sum to `total` exactly.

    A small share of a small total may get nothing; equal remainders go to the names that come first.
    """
    whole = sum(mixture.values())
    quotas = {name: total * share / whole for name, share in sorted(mixture.items())}
    counts = {name: int(quota) for name, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda name: (counts[name] - quotas[name], name))
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def drawing_share(total: int) -> float:
    """The least share, in whole parts of `PARTS`, that draws at least one of `total`, however they are rounded."""
    return -(-PARTS // total) / PARTS
