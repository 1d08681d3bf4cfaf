"""What files and hub data sets have in common: new fields, and which rows to keep."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, field_validator

from domains.errors import DataError
from domains.sources.extract import checked, extract
from domains.sources.filters import FilterError, compiled, filtered
from domains.sources.kind import SourceBase
from domains.sources.pool import Located, Rows, SourceRequest


class RowRules(SourceBase):
    """Applied to each row, in this order: `pattern`, `filter`."""

    pattern: dict[str, str] = Field(default_factory=dict)
    """New fields cut out of others by regular expression: name → ``field ~ expression with one group``.

    E.g. ``final: answer ~ ####\\s*(.+)``.
    """
    filter: str | None = Field(None, min_length=1)
    """Keep the rows for which this holds, e.g. ``lang == 'en' and len(question) < 2000``; see docs/data.md."""

    @field_validator("pattern")
    @classmethod
    def _patterns(cls, pattern: dict[str, str]) -> dict[str, str]:
        return checked(pattern)

    @field_validator("filter")
    @classmethod
    def _understood(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                compiled(text)
            except FilterError as error:
                raise ValueError(str(error)) from None
        return text


def ruled(rules: RowRules, rows: Iterable[Located], request: SourceRequest) -> Rows:
    """The rows with new fields, less those that are filtered out. DataError where none is left."""
    if rules.pattern:
        rows = extract(rows, rules.pattern, request.bad)
    if rules.filter is None:
        return rows
    return _some(filtered(rows, rules.filter, request.bad, request.left_out), rules.filter)


def _some(rows: Iterable[Located], text: str) -> Rows:
    left = 0
    for located in rows:
        left += 1
        yield located
    if not left:
        raise DataError("no row of the data passes the filter", key="source.filter", value=text)
