"""What a source hands to `prepare`."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from domains.errors import DataError
from domains.splits import Layout

Row = dict[str, Any]
MADE = 2000
"""Training rows that a procedural source makes unless the curriculum says otherwise."""


@dataclass(frozen=True)
class Request:
    """What `prepare` asks of a source."""

    base: Path
    """Relative paths start here."""
    seed: int
    need: int
    """Distinct items that a procedural source should make."""
    key: Callable[[Row], Hashable]
    """What makes two rows the same item: the rendered prompt."""


@dataclass(frozen=True)
class Pool:
    """Rows of fields, not yet split; `test` where the source has test rows of its own."""

    rows: tuple[Row, ...]
    name: str
    """What the user calls it: the task, the file, the hub id."""
    test: tuple[Row, ...] | None = None
    layout: Layout = "rows"
    """How the rows belong together, and so how they may be split."""
    limit: int | None = None
    """Training rows to keep unless the curriculum says otherwise; None keeps all."""
    places: tuple[str, ...] = ()
    """Where each row stands, for errors: ``file:line`` where it has one; empty for what is made."""
    test_places: tuple[str, ...] = ()
    test_file: str | None = None


def json_fields(row: Mapping[str, Any]) -> Row:
    """The row with JSON values only. Values without a JSON form (images, bytes, objects) are left out.

    Raises DataError for text that no file can hold (half a surrogate pair).
    """
    converted = {str(key): _json(value) for key, value in row.items()}
    return {key: value for key, value in converted.items() if value is not _NONE}


def row_places(file: str, count: int) -> tuple[str, ...]:
    """Places of rows that have a number but no line."""
    return tuple(f"{file}: row {number}" for number in range(1, count + 1))


_NONE = object()


def _json(value: Any) -> Any:
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, str) and not _encodes(value):
        raise DataError("text must be whole characters, without half surrogate pairs", value=value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time | Decimal):
        return str(value) if isinstance(value, Decimal) else value.isoformat()
    if isinstance(value, Mapping):
        return json_fields(value)
    if isinstance(value, list | tuple):
        items = [_json(item) for item in value]
        return _NONE if any(item is _NONE for item in items) else items
    return _NONE


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
