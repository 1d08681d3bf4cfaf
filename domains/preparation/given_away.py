"""Prompts that hold their own answer: what is learnt from them is to read, not to solve."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domains.errors import shorten
from domains.example import Example
from domains.sources import kind_of
from domains.spec import DomainSpec

LOOKED = 20_000
"""Training items that are looked at."""
SHORTEST = 2
"""Characters of a reference from which on it hardly stands in a prompt by chance."""
USUAL = 0.5
"""Share of the items from which on it is the task's nature: sorting, choosing, copying."""
SHOWN = 80


def given_away(name: str, spec: DomainSpec, train: Sequence[Example]) -> tuple[str, ...]:
    """A note where some prompts, but fewer than `USUAL` of them, hold the whole reference as words of their own."""
    if kind_of(spec.source).makes:
        # Where such a prompt holds its answer, as `gcd(12, 24)` does, that is its nature.
        return ()
    items = train[:LOOKED]
    found = [item for item in items if _holds(item.prompt, item.reference.strip())]
    if not found or len(found) >= USUAL * len(items):
        return ()
    first, hold = found[0], "holds its" if len(found) == 1 else "hold their"
    return (
        f"{name}: {len(found):,} of {len(items):,} training prompts {hold} answer, "
        f"the first: {shorten(first.prompt, SHOWN)} ({shorten(first.reference.strip())}). Is it given away there?",
    )


def _holds(prompt: str, reference: str) -> bool:
    """Whether the reference stands in the prompt as it is, not as a part of a longer word or number."""
    if len(reference) < SHORTEST or reference not in prompt:
        return False
    # "1" is not in "1.5", and "5" not in "-5".
    return re.search(rf"(?<![\w.,-]){re.escape(reference)}(?![\w-]|[.,]\w)", prompt) is not None
