"""Rows that cannot be used: left out and counted, or some of a source told at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from domains.errors import DataError, together
from domains.preparation.account import Account

SHOWN = 5
"""Bad rows that are told, a line each; of the rest their number."""
SKIP = "or write `on_bad_row: skip`, which leaves out such rows and counts them."


@dataclass
class BadRows:
    """Hears of the bad rows of a domain, those of one reading after the other."""

    account: Account
    skips: bool
    found: list[DataError] = field(default_factory=list)
    """The first ones, unless they are skipped."""
    count: int = 0
    before: int = 0
    """Good rows before this reading."""

    def __call__(self, error: DataError) -> None:
        """One more."""
        if self.skips:
            self.account.skip(error)
            return
        self.count += 1
        if len(self.found) < SHOWN:
            self.found.append(error)

    @property
    def all_bad(self) -> bool:
        """Whether so many were bad before a good one came that the curriculum is at fault, and the rest need not be
        read."""
        return self.count >= SHOWN and self._good == self.before

    def refuse(self) -> None:
        """At the end of a reading: raise what was found. After good rows bad ones may be rare, and need not be mended;
        where there is no good one the first tells all."""
        if self.found and self._good == self.before:
            raise self.found[0]
        if self.found:
            *first, last = self.found
            rest = self.count - len(self.found)
            more = f"{rest:,} more row{' is' if rest == 1 else 's are'} bad. " if rest else ""
            mend = "Mend the row, " if self.count == 1 else "Mend the rows, "
            raise together([*first, last.advised(more + mend + SKIP)])
        self.before = self._good

    @property
    def _good(self) -> int:
        return self.account.taken + self.account.dropped
