"""What a source hands to `prepare`."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

from domains.errors import DataError

Row = dict[str, Any]
Shares = tuple[float, ...]
Layout = Literal["rows", "made", "regions"]
"""`rows` were given in an order that may mean something; `made` ones come one by one, each independent of those before
it; `regions` belong to their neighbours."""
MADE = 2000
"""Training rows that a procedural source makes unless the curriculum says otherwise."""


class Located(NamedTuple):
    """A row of fields."""

    row: Row
    place: str | None = None
    """Where it stands, for errors: ``file:line`` where it has one; None for what is made."""
    part: int = 0
    """Of a mix, which part it comes from."""


Rows = Iterable[Located]
"""Read once, and one at a time: files may be larger than memory."""
Bad = Callable[[DataError], None]
"""What is done about a row that cannot be used: raise its error, or note it and go on."""


def refuse(error: DataError) -> None:
    """Every bad row ends the reading."""
    raise error


def silent(what: str, part: float) -> None:
    """Nobody watches."""


def uncounted() -> None:
    """Nobody counts."""


@dataclass(frozen=True)
class SourceRequest:
    """What `prepare` asks of a source."""

    base: Path
    """Relative paths start here."""
    seed: int
    need: int
    """Distinct items that a procedural source should make."""
    key: Callable[[Row], Hashable]
    """What makes two rows the same item: the rendered prompt."""
    bad: Bad = refuse
    left_out: Callable[[], None] = uncounted
    """Called for each row that a filter leaves out."""
    told: Callable[[str, float], None] = silent
    """Told now and then what is read, and which part of it, in [0, 1]."""


@dataclass(frozen=True)
class Pool:
    """Rows of fields, not yet split; `validation` and `test` where the source holds rows out itself."""

    rows: Rows
    name: str
    """What the user calls it: the task, the file, the hub id."""
    validation: Rows | None = None
    test: Rows | None = None
    layout: Layout = "rows"
    """How the rows belong together, and so how they may be split."""
    limit: int | None = None
    """Training rows to keep unless the curriculum says otherwise; None keeps all."""
    shares: Shares | None = None
    """Of a mix: part → share of the training items; they sum to 1."""


def made(rows: Iterable[Row]) -> tuple[Located, ...]:
    """Rows that stand nowhere."""
    return tuple(Located(row) for row in rows)


def json_fields(row: Mapping[str, Any]) -> Row:
    """The row with JSON values only. Values without a JSON form (images, bytes, objects) are left out.

    Raises DataError for text that no file can hold (half a surrogate pair).
    """
    found = {}
    for key, value in row.items():
        plain = (type(value) is str and value.isascii()) or type(value) is int
        if (converted := value if plain else _json(value)) is not _NONE:
            found[str(key)] = converted
    return found


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
