"""What became of the rows that were not taken as they are, in words."""

from __future__ import annotations

from dataclasses import dataclass

from domains.errors import DataError

ALIKE = "not trained on, being nearly the same as held-out ones"
"""How the note ends that is about training items alone."""


@dataclass
class Account:
    """Counted while a domain's data are prepared."""

    taken: int = 0
    """Rows that became items."""
    duplicates: int = 0
    """Items whose prompt and answer an earlier one has, but for case, quotes, marks and blanks."""
    filtered: int = 0
    skipped: int = 0
    first: str | None = None
    """The first skipped row: file, line and what was wrong."""
    dropped: int = 0
    truncated: int = 0
    alike: int = 0
    """Items that training could have had, were they not, or nearly, the same as held-out ones."""

    def skip(self, error: DataError) -> None:
        """Note a bad row and go on."""
        self.skipped += 1
        self.first = self.first or str(error)

    def leave_out(self) -> None:
        """Note a row that the filter leaves out."""
        self.filtered += 1

    def notes(self) -> tuple[str, ...]:
        """What happened to the rows, and a sentence for each thing that happened to the items."""
        rows = self.taken + self.filtered + self.skipped + self.dropped
        same = "is a duplicate" if self.duplicates == 1 else "are duplicates"
        of_all = "" if self.duplicates else f" of {rows:,} rows"
        parts = (
            (self.duplicates, f"{self.duplicates:,} of {rows:,} rows {same}"),
            (self.filtered, f"{self.filtered:,}{of_all} filtered out"),
            (self.skipped, f"{_many(self.skipped, 'bad row')} skipped, the first: {self.first}"),
        )
        told = "; ".join(text for count, text in parts if count)
        why = "too long for the model"
        sentences = (
            (told, told),
            (self.alike, f"{_many(self.alike, 'item')} {ALIKE}"),
            (self.dropped, f"{_many(self.dropped, 'item')} {why} and dropped"),
            (self.truncated, f"{_many(self.truncated, 'item')} {why} and cut"),
        )
        return tuple(text for happened, text in sentences if happened)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
