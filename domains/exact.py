"""Numbers as text from which they can be told apart."""

from __future__ import annotations


def exactly(number: float) -> str:
    """As people write it, ``2`` and ``0.5``; with all digits where fewer would be another number."""
    short = f"{number:g}"
    return short if float(short) == number else repr(number)
