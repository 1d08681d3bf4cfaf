"""Whether a source of a domain counts the places of options from 1, where a place from 0 is read: the wrong option
would be right in nearly every row, and only rows that name the last one would be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domains.errors import DataError
from domains.options import OptionForm, place_named

HINT = "Take one from each, or name the right option by its text or its letter."


@dataclass
class Counting:
    """What the rows seen so far name; each part of a mix counts as it likes."""

    first: set[int] = field(default_factory=set)
    """Parts of which a row names place 0."""
    beyond: dict[int, tuple[str | None, int]] = field(default_factory=dict)
    """Part → where its first row stands that names a place one beyond its last option, and that place."""

    def see(self, form: OptionForm, row: Mapping[str, Any], place: str | None, part: int) -> None:
        """One more row, good or bad."""
        found = place_named(form, row)
        if found is None:
            return
        number, options = found
        if number == 0:
            self.first.add(part)
        if number == options:
            self.beyond.setdefault(part, (place, number))

    def check(self) -> None:
        """DataError where a part counts places from 1 throughout, whatever becomes of bad rows."""
        for part, (place, number) in self.beyond.items():
            if part not in self.first:
                rule = "options are counted from 0, and these rows count from 1: none names 0, and this one names as"
                raise DataError(f"{rule} many as there are", file=place, key="answer", value=number, hint=HINT)
