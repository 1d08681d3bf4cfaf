"""Local JSON lines, CSV, Parquet and plain text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from domains.errors import DataError
from domains.frozen import Frozen
from domains.sources.extract import checked, extract
from domains.sources.paths import astray, expand
from domains.sources.pool import Pool, Request, Row, json_fields, row_places

NumberedRow = tuple[int | None, Row]
"""A row and the line that it ends on, where its file has lines."""
Format = Literal["jsonl", "json", "csv", "parquet", "text"]
ENDINGS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".parquet": "parquet",
    ".txt": "text",
}


class FileSource(Frozen):
    """A file of rows. Relative paths are relative to the curriculum; ``~`` and ``${VARS}`` are expanded."""

    type: Literal["file"]
    path: str = Field(min_length=1)
    """Training rows; also split for validation (and for test, where `test` is not given)."""
    test: str | None = None
    """A file of test rows of its own."""
    format: Format | None = None
    """Default: by the file's ending (.jsonl .json .csv .parquet .txt)."""
    chunk: int = Field(96, gt=1)
    """Plain text: characters a piece; cut into the template fields ``prompt`` (first half) and ``answer``."""
    pattern: dict[str, str] = Field(default_factory=dict)
    """New fields cut out of others: name → ``field ~ regular expression with one group``.

    E.g. ``final: answer ~ ####\\s*(.+)``.
    """

    @field_validator("pattern")
    @classmethod
    def _patterns(cls, pattern: dict[str, str]) -> dict[str, str]:
        return checked(pattern)


def load(spec: FileSource, request: Request) -> Pool:
    """All rows of the file (and of the test file). Raises DataError with the file and line."""
    file = expand(spec.path, request.base, "source.path")
    test = expand(spec.test, request.base, "source.test") if spec.test else None
    places, rows = _rows(spec, file, "source.path", astray(spec.path, request.base, "source.path"))
    test_hint = astray(spec.test, request.base, "source.test") if spec.test else None
    test_places, test_rows = _rows(spec, test, "source.test", test_hint) if test else ((), None)
    return Pool(
        rows=rows,
        name=spec.path,
        test=test_rows,
        layout="regions" if _format(spec, file) == "text" else "rows",
        places=places,
        test_places=test_places,
        test_file=str(test) if test else None,
    )


def _rows(spec: FileSource, file: Path, key: str, hint: str | None) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Where the rows of one file stand, and the rows with the extracted fields; DataErrors carry `key`.

    `hint`: where else a file may be that is not there.
    """
    try:
        if file.is_dir():
            raise DataError("must be a data file, and this is a folder", value=str(file))
        if not file.is_file():
            raise DataError("data file must exist", value=str(file), hint=hint)
        found = list(READERS[_format(spec, file)](file, spec))
        if not found:
            raise DataError("data file must not be empty", file=str(file), hint=_nothing(spec, file))
        numbered = row_places(str(file), len(found))
        places = tuple(f"{file}:{line}" if line else place for (line, _), place in zip(found, numbered, strict=True))
        return places, tuple(extract((row for _, row in found), spec.pattern, places))
    except OSError as error:
        raise DataError(f"data file cannot be read ({error.strerror})", key=key, value=str(file)) from None
    except DataError as error:
        raise error.located(key=key) from None


def _nothing(spec: FileSource, file: Path) -> str | None:
    """Why a file that holds something has no rows."""
    if not file.stat().st_size:
        return None
    short = f"It has no piece of {spec.chunk} characters that is not blank: lower source.chunk."
    return short if _format(spec, file) == "text" else "It has no row."


def _format(spec: FileSource, file: Path) -> Format:
    found = spec.format or ENDINGS.get(file.suffix.lower())
    if found is None:
        raise DataError(
            "a data file's ending must be one of " + " ".join(ENDINGS),
            value=file.name,
            hint="Or write `format`.",
        )
    return found


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 4]
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DataError("text must be UTF-8", file=str(file), line=line, value=bad) from None


def _row(value: Any, file: Path, line: int | None) -> Row:
    if not isinstance(value, dict):
        raise DataError("a row must be a JSON object", file=str(file), line=line, value=value)
    try:
        return json_fields(value)
    except DataError as error:
        raise error.located(file=str(file), line=line) from None


def read_jsonl(file: Path, spec: FileSource) -> Iterator[NumberedRow]:
    """One JSON object a line; blank lines are passed over. DataError names the malformed line."""
    for number, line in enumerate(io.StringIO(_text(file)), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            why = getattr(error, "msg", error)
            raise DataError(
                f"each line must be JSON ({why})", file=str(file), line=number, value=line.strip()
            ) from None
        yield number, _row(value, file, number)


def read_json(file: Path, spec: FileSource) -> Iterator[NumberedRow]:
    """A JSON list of objects."""
    try:
        values = json.loads(_text(file))
    except (ValueError, RecursionError) as error:
        raise DataError(f"must be JSON ({error})", file=str(file)) from None
    if not isinstance(values, list):
        raise DataError("must be a JSON list of objects", file=str(file), value=values)
    for value in values:
        yield None, _row(value, file, None)


def read_csv(file: Path, spec: FileSource) -> Iterator[NumberedRow]:
    """Comma-separated, quoted as by spreadsheets; the first line names the columns. All values are text."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        names = next(reader, [])
        if len(set(names)) != len(names):
            raise DataError("column names must be distinct", file=str(file), line=1, value=names)
        for values in reader:
            if values and len(values) != len(names):
                raise DataError(
                    f"a row must have {len(names)} columns as the first line has",
                    file=str(file),
                    line=reader.line_num,
                    value=len(values),
                )
            if values:
                yield reader.line_num, dict(zip(names, values, strict=True))
    except csv.Error as error:
        raise DataError(f"must be CSV ({error})", file=str(file), line=reader.line_num) from None


def read_parquet(file: Path, spec: FileSource) -> Iterator[NumberedRow]:
    """The rows of a Parquet file."""
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file).read()
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise DataError(f"must be Parquet ({reason})", file=str(file)) from None
    for row in table.to_pylist():
        yield None, json_fields(row)


def read_text(file: Path, spec: FileSource) -> Iterator[NumberedRow]:
    """Pieces of `chunk` characters in the text's order, each cut in the middle, less the blank ones."""
    text, half = _text(file), spec.chunk // 2
    for start in range(0, len(text) - spec.chunk + 1, spec.chunk):
        prompt, answer = text[start : start + half], text[start + half : start + spec.chunk]
        if prompt.strip() and answer.strip():
            yield None, {"prompt": prompt, "answer": answer}


READERS: dict[Format, Callable[[Path, FileSource], Iterator[NumberedRow]]] = {
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "parquet": read_parquet,
    "text": read_text,
}
