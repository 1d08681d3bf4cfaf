"""New fields cut out of others by regular expressions: ``final: answer ~ ####\\s*(.+)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import regex

from domains.at_key import at_key
from domains.errors import DataError
from domains.patterns import LIMIT, search, with_one_group
from domains.sources.pool import Bad, Located, Row
from domains.suggest import did_you_mean


def checked(patterns: dict[str, str]) -> dict[str, str]:
    """`patterns` themselves; what `at_key` makes where one is not ``field ~ expression with one group``."""
    for name, text in patterns.items():
        try:
            parse(text)
        except ValueError as error:
            raise at_key(name, str(error)) from None
    return patterns


def parse(text: str) -> tuple[str, regex.Pattern[str]]:
    """The field that is read, and the expression; ValueError with the rule that is broken."""
    field, tilde, expression = (part.strip() for part in text.partition("~"))
    if not (field and tilde and expression):
        raise ValueError("must be written 'field ~ regular expression'")
    return field, with_one_group(expression)


def extract(rows: Iterable[Located], patterns: Mapping[str, str], bad: Bad) -> Iterator[Located]:
    """Rows with the new fields. DataError for a field that is not there or a row that does not match (in time).

    `bad` decides what becomes of a row that does not match.
    """
    rules = [(name, *parse(text)) for name, text in patterns.items()]
    for located in rows:
        new = dict(located.row)
        try:
            for name, field, pattern in rules:
                new[name] = _cut(new, field, pattern, located.place, name)
        except DataError as error:
            bad(error)
            continue
        yield located._replace(row=new)


def _cut(row: Row, field: str, pattern: regex.Pattern[str], place: str | None, name: str) -> str:
    if field not in row:
        raise DataError(
            "the data have no such field",
            file=place,
            key=f"source.pattern.{name}",
            value=field,
            hint=did_you_mean(field, row, name="Fields are"),
        )
    try:
        found = search(pattern, str(row[field]))
    except TimeoutError:
        raise DataError(
            f"field {field!r} must match {pattern.pattern} within {LIMIT} s",
            file=place,
            key=f"source.pattern.{name}",
            value=row[field],
            hint="The expression backtracks: let no two of its parts match the same text.",
        ) from None
    if found is None or found[1] is None:
        raise DataError(
            f"field {field!r} must match {pattern.pattern}",
            file=place,
            key=f"source.pattern.{name}",
            value=row[field],
        )
    return str(found[1])
