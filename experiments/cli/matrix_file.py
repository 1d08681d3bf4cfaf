"""Transfer that people measured themselves: a square CSV, and weights beside it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from domains.errors import DataError
from domains.suggest import did_you_mean, nearest
from scheduler.measurements import Array

FIRST = "domain"
# Far beyond any score, and small enough that no sum overflows.
LARGEST = 1e100
Row = tuple[int, list[str]]


def read_matrix(file: Path) -> tuple[tuple[str, ...], Array]:
    """Names and B as (trained, affected), both in the order of the columns; the diagonal is 0.

    First row ``domain,<names>``, then a row for each trained domain, in any order. What stands on the diagonal is
    not read. DataError with file and line.
    """
    rows = _rows(file)
    line, head = next(rows, (1, []))
    hint = "The first row is domain,<names>; then a row for each trained domain: its name, then what it changed."
    names = _names(file, line, head, hint)
    cells = [_named(file, row, names, len(head)) for row in rows]
    _check_complete(file, cells, names)
    if len(names) < 2:
        raise DataError("there must be at least two domains to order", file=str(file), value=len(names))
    transfer = np.zeros((len(names), len(names)))
    for line, name, values in cells:
        at = names.index(name)
        for column, text in enumerate(values):
            if column != at:
                empty = None if text else "Only the diagonal may be empty."
                transfer[at, column] = _number(file, line, f"{name}→{names[column]}", text, empty)
    return names, transfer


def read_weights(file: Path, names: Sequence[str]) -> Array:
    """Weights in the order of `names`, as they are written. DataError with file and line."""
    rows = _rows(file)
    line, head = next(rows, (1, []))
    if head != [FIRST, "weight"]:
        raise DataError(
            "the first row must be domain,weight", file=str(file), line=line, value=",".join(head) if head else None
        )
    weights: dict[str, float] = {}
    for row in rows:
        line, name, (text,) = _named(file, row, names, 2)
        if name in weights:
            raise DataError("a domain has one weight", file=str(file), line=line, key=name)
        weights[name] = _number(file, line, name, text)
        if weights[name] < 0:
            raise DataError("a weight must not be negative", file=str(file), line=line, key=name, value=text)
    if lacking := [name for name in names if name not in weights]:
        raise DataError("every domain of the matrix needs a weight", file=str(file), key=lacking[0])
    if not any(weights.values()):
        raise DataError("weights must not all be zero", file=str(file))
    return np.array([weights[name] for name in names])


def _rows(file: Path) -> Iterator[Row]:
    """Line number and cells, stripped of spaces around them; blank lines are passed over."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise DataError(f"must be CSV ({error})", file=str(file), line=reader.line_num) from None


def _text(file: Path) -> str:
    if file.is_dir():
        raise DataError("must be a CSV file, and this is a folder", file=str(file))
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        near = nearest(file.stem, [each.stem for each in file.absolute().parent.glob("*.csv")])
        raise DataError("there is no such file", file=str(file), hint=near and f"Did you mean {near}.csv?") from None
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", file=str(file)) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"must be a CSV in UTF-8 (byte {error.start} is not)", file=str(file)) from None
    if not text.strip():
        raise DataError("must not be empty", file=str(file))
    return text


def _names(file: Path, line: int, head: list[str], hint: str) -> tuple[str, ...]:
    if head[0] != FIRST:
        hint = "Put commas between cells." if len(head) == 1 else hint
        raise DataError("the first cell must be domain", file=str(file), line=line, value=head[0], hint=hint)
    names = head[1:]
    if "" in names:
        column = names.index("") + 2
        raise DataError(f"column {column} needs a domain's name", file=str(file), line=line)
    if repeated := [name for at, name in enumerate(names) if name in names[:at]]:
        raise DataError("column names must be distinct", file=str(file), line=line, value=repeated[0])
    return tuple(names)


def _named(file: Path, row: Row, names: Sequence[str], width: int) -> tuple[int, str, list[str]]:
    """Line, domain and the other cells of a row."""
    line, (name, *cells) = row
    if name not in names:
        hint = did_you_mean(name, names)
        raise DataError("no column of the matrix has this name", file=str(file), line=line, value=name, hint=hint)
    if len(cells) + 1 != width:
        raise DataError(
            f"a row must have {width} cells as the first row has", file=str(file), line=line, value=len(cells) + 1
        )
    return line, name, cells


def _check_complete(file: Path, rows: Sequence[tuple[int, str, list[str]]], names: Sequence[str]) -> None:
    found: set[str] = set()
    for line, name, _ in rows:
        if name in found:
            raise DataError("a domain has one row", file=str(file), line=line, value=name)
        found.add(name)
    if lacking := [name for name in names if name not in found]:
        raise DataError("every column needs a row of the same name", file=str(file), value=lacking[0])


def _number(file: Path, line: int, key: str, text: str, hint: str | None = None) -> float:
    try:
        value = float(text.replace("_", "?"))
    except ValueError:
        raise DataError("must be a number", file=str(file), line=line, key=key, value=text, hint=hint) from None
    if not math.isfinite(value):
        raise DataError("must be finite", file=str(file), line=line, key=key, value=text)
    if abs(value) > LARGEST:
        raise DataError(f"must be at most {LARGEST:g} either way", file=str(file), line=line, key=key, value=text)
    return value
