"""Whether a domain's data count the places of options from 1, where a place from 0 is read: the wrong option would be
right in nearly every row, and only rows that name the last one would be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domains.errors import DataError
from domains.options import OptionForm, place_named

HINT = "Take one from each, or name the right option by its text or its letter."


@dataclass
class Counting:
    """What the rows seen so far name."""

    first: bool = False
    """Whether a row names place 0."""
    beyond: tuple[str | None, int] | None = None
    """Where the first row stands that names a place one beyond its last option, and that place."""

    def see(self, form: OptionForm, row: Mapping[str, Any], place: str | None) -> None:
        """One more row, good or bad."""
        found = place_named(form, row)
        if found is None:
            return
        number, options = found
        self.first |= number == 0
        if number == options and self.beyond is None:
            self.beyond = place, number

    def check(self) -> None:
        """DataError where places are counted from 1 throughout, whatever becomes of bad rows."""
        if self.beyond is not None and not self.first:
            place, number = self.beyond
            rule = "options are counted from 0, and these rows count from 1: none names 0, and this one names as many"
            raise DataError(f"{rule} as there are", file=place, key="answer", value=number, hint=HINT)
