"""Did you mean."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str], *, name: str = "There are", limit: int = 12) -> str:
    """A hint: the nearest known word, or a list of what is known where nothing is near."""
    names = sorted(known)
    same = [name for name in names if name.casefold() == word.casefold()]
    if near := same[:1] or get_close_matches(word, names, n=1):
        return f"Did you mean {near[0]!r}?"
    listed = ", ".join(names[:limit]) + (", …" if len(names) > limit else "")
    return f"{name}: {listed}." if names else ""
