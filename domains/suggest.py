"""Did you mean."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant; None where none is near."""
    names = sorted(known)
    same = [name for name in names if name.casefold() == word.casefold()]
    return next(iter(same or get_close_matches(word, names, n=1)), None)


def if_near(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known word; None where none is near."""
    near = nearest(word, known)
    return None if near is None else f"Did you mean {near!r}?"


def did_you_mean(word: str, known: Iterable[str], *, name: str = "There are", limit: int = 12) -> str:
    """A hint: the nearest known word, or a list of what is known where nothing is near."""
    names = sorted(known)
    listed = ", ".join(names[:limit]) + (", …" if len(names) > limit else "")
    return if_near(word, names) or (f"{name}: {listed}." if names else "")
