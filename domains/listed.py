"""Names and phrases one after the other, as people list them."""

from __future__ import annotations

from collections.abc import Sequence


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; "" for none."""
    *most, last = parts or ("",)
    return f"{', '.join(most)} and {last}" if most else last
