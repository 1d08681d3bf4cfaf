"""One broken rule and the key it is about; the loader adds file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top of the YAML down, e.g. ``("domains", "sums", "rewards", 0)``."""


@dataclass(frozen=True)
class Problem:
    """What is wrong at `keys`."""

    keys: KeyPath
    rule: str
    value: object = None
    hint: str | None = None


def dotted(keys: KeyPath) -> str:
    """What a person writes for a key path: ``domains.sums.rewards[0].weight``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def suggest(wrong: object, known: Iterable[str], label: str = "Known") -> str:
    """``Did you mean 'x'?`` where something known is near, else all that is known."""
    names = sorted(known)
    near = difflib.get_close_matches(str(wrong), names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"{label}: {', '.join(names)}." if names else ""
