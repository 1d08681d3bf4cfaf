"""What other tools call the keys of a curriculum: for people who come from there, and for nothing else.

The table is synonyms.csv: the key here (empty: there is none), each tool's words for it, and a note. A word with dots
is found at any depth, e.g. ``rollout.n``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("synonyms.csv")


@dataclass(frozen=True)
class Synonym:
    """Another tool's word for something here, or for something that is not here."""

    word: str
    tools: tuple[str, ...]
    """Who says so."""
    key: str
    """The key here, ``NAME`` for a domain's name; "": there is none."""
    note: str
    """What else there is to know; where there is no key, why."""


@lru_cache(maxsize=1)
def synonyms() -> dict[str, Synonym]:
    """Every word of the table. ValueError where two rows explain one word."""
    found: dict[str, Synonym] = {}
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key, note = row.pop("here"), row.pop("note")
            for word in {word: None for words in row.values() for word in words.split()}:
                if word in found:
                    raise ValueError(f"synonyms.csv explains {word} twice")
                found[word] = Synonym(word, tuple(tool for tool in row if word in row[tool].split()), key, note)
    return found
