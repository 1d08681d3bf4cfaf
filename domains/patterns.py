r"""Regular expressions that a user writes: checked when they are read, and never matched for longer than `LIMIT`.

Backtracking can take time that doubles with every letter: ``(?:a|aa)+`` on sixty of them and a "b" takes hours, and
`re` cannot be stopped. The library `regex` can. It reads what `re` reads, and more (``\p{L}``, look-behind of any
length), with three differences: ``\w`` holds combining marks and no superscripts; ``\s`` does not hold the control
characters 0x1c to 0x1f; and braces that `re` takes for text may allow errors (``x_{i}`` would match "x" and
anything), which is refused here.
"""

from __future__ import annotations

import re

import regex

LIMIT = 0.5
"""Seconds of CPU that one match may take.

CPU time, so that other processes on a busy machine do not count. Patterns as people write them need less than
0.01 s on 16,000 characters, so what is stopped here is a pattern that backtracks without end, on any machine.
"""
BRACES = re.compile(r"\\[pPN]\{[^{}]*\}|\\.|(?P<stray>\{(?!\d*+,?\d*+\})\s*[\ddise][^{}]*\}?)", re.DOTALL)
"""Escapes, and braces that are no count and that `regex` would read as permission to differ."""


def compiled(text: str) -> regex.Pattern[str]:
    """The pattern; ValueError with the position where `text` is not a regular expression."""
    stray = next((found["stray"] for found in BRACES.finditer(text) if found["stray"]), None)
    if stray:
        raise ValueError(f"must be a regular expression; a brace that is no count is written \\{{, got {stray!r}")
    try:
        return regex.compile(text)
    except (regex.error, ValueError, OverflowError) as error:
        raise ValueError(f"must be a regular expression ({error})") from None
    except RecursionError:
        raise ValueError("must be a regular expression (its parentheses are nested too deeply)") from None


def with_one_group(text: str) -> regex.Pattern[str]:
    """`compiled`, of an expression whose one group says what is meant; ValueError for any other number."""
    pattern = compiled(text)
    if pattern.groups != 1:
        raise ValueError(f"must have one group in parentheses, got {pattern.groups}")
    return pattern


def full_match(pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
    """The match of the whole text, or None. TimeoutError after `LIMIT`."""
    return pattern.fullmatch(text, timeout=LIMIT, concurrent=False)


def search(pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
    """The first match in the text, or None. TimeoutError after `LIMIT`."""
    # The limit counts the whole process. Other Python threads would use it up if this one let them run.
    return pattern.search(text, timeout=LIMIT, concurrent=False)
