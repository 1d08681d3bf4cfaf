"""The formats of data files: each is read row by row, so that a file may be larger than memory."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from domains.errors import DataError
from domains.sources.pool import Bad, Located, Row, json_fields

Format = Literal["jsonl", "json", "csv", "tsv", "parquet", "text"]
ENDINGS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".txt": "text",
}
PACKED = ".gz"
"""May follow any ending but Parquet's, which packs by itself."""
DELIMITERS: dict[Format, str] = {"csv": ",", "tsv": "\t"}
MOST_CELL = 2**31 - 1
"""Characters of a CSV value; the library's own limit is 131,072, and documents are longer."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
"""What a packed file begins with, whatever it is called."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = ";\t|,"
"""What a CSV is separated by where it is not a comma."""
BATCH = 1000
"""Rows that are read at once, and after which progress is told."""


LIST_HINT = "One JSON text over the whole file is `format: json`."


@dataclass(frozen=True)
class Reading:
    """How one file is read."""

    file: Path
    bad: Bad
    told: Callable[[float], None]
    """Told now and then which part of the file is read, in [0, 1]."""
    chunk: int
    delimiter: str | None = None

    @property
    def packed(self) -> bool:
        """Whether the file is compressed by gzip, by its ending."""
        return self.file.suffix.lower() == PACKED

    def at(self, row: Row, line: int) -> Located:
        """A row that ends on a line."""
        return Located(row, f"{self.file}:{line}")


def format_of(file: Path, written: Format | None) -> Format:
    """As it is written, else by the file's ending. DataError where neither tells."""
    bare = file.with_suffix("") if file.suffix.lower() == PACKED else file
    found = written or ENDINGS.get(bare.suffix.lower())
    if found is None:
        raise DataError(
            f"a data file's ending must be one of {' '.join(ENDINGS)}, perhaps followed by {PACKED}",
            value=file.name,
            hint="Or write `format`.",
        )
    return found


@contextmanager
def opened(reading: Reading) -> Iterator[tuple[IO[bytes], Callable[[], None]]]:
    """The file's bytes, unpacked, and what tells how far it is read. DataError where it is no gzip or cut off, or where
    it is packed and its name does not say so."""
    size = max(1, reading.file.stat().st_size)
    with reading.file.open("rb") as raw:
        _check_unpacked(reading, raw.read(4))
        raw.seek(0)
        stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if reading.packed else raw  # type: ignore[assignment]
        try:
            yield stream, lambda: reading.told(raw.tell() / size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            hint = f"If it is not packed, its name must not end in {PACKED}." if isinstance(error, OSError) else None
            raise DataError(f"must be gzip, and whole ({error})", file=str(reading.file), hint=hint) from None


def _check_unpacked(reading: Reading, begins: bytes) -> None:
    name = reading.file.name
    if begins.startswith(GZIP) and not reading.packed:
        hint = f"Rename it to {name}{PACKED}."
        raise DataError("is packed by gzip, and its name does not say so", file=str(reading.file), hint=hint)
    if begins == ZIP:
        raise DataError("is a zip archive", file=str(reading.file), hint="Unpack it, and name the files in it.")


def _text(reading: Reading) -> str:
    with opened(reading) as (stream, _):
        raw = stream.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _not_utf8(reading, line, raw[error.start : error.start + 4]) from None


def _not_utf8(reading: Reading, line: int, bad: bytes) -> DataError:
    coding = "utf-16" if bad.startswith(UTF16) and line == 1 else "latin1"
    name = reading.file.name
    hint = f"Save it as UTF-8, e.g. `iconv -f {coding} -t utf-8 {name} > new-{name}`, if it is {coding}."
    return DataError("text must be UTF-8", file=str(reading.file), line=line, value=bad, hint=hint)


def _first_not_utf8(reading: Reading) -> DataError | None:
    """The first line that is none: a reader of text takes many lines at once and cannot say which."""
    with opened(reading) as (stream, _):
        for number, raw in enumerate(stream, start=1):
            try:
                raw.decode()
            except UnicodeDecodeError as error:
                return _not_utf8(reading, number, raw[error.start : error.start + 4])
    return None


def _row(value: Any, file: str, line: int | None) -> Row:
    if not isinstance(value, dict):
        hint = LIST_HINT if isinstance(value, list) and line == 1 else None
        raise DataError("a row must be a JSON object", file=file, line=line, value=value, hint=hint)
    try:
        return json_fields(value)
    except DataError as error:
        raise error.located(file=file, line=line) from None


def read_jsonl(reading: Reading) -> Iterator[Located]:
    """One JSON object a line; blank lines are passed over. A malformed line is a bad row."""
    with opened(reading) as (stream, tell):
        for number, raw in enumerate(stream, start=1):
            if number % BATCH == 0:
                tell()
            try:
                found = _json_line(reading, number, raw)
            except DataError as error:
                reading.bad(error)
                continue
            if found is not None:
                yield reading.at(found, number)


def _json_line(reading: Reading, number: int, raw: bytes) -> Row | None:
    try:
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        return _row(json.loads(line), str(reading.file), number) if not line.isspace() and line else None
    except UnicodeDecodeError as error:
        raise _not_utf8(reading, number, raw[error.start : error.start + 4]) from None
    except (ValueError, RecursionError) as error:
        why, text = getattr(error, "msg", error), line.strip()
        hint = LIST_HINT if number == 1 and text in ("[", "{", "[{") else None
        raise DataError(
            f"each line must be JSON ({why})", file=str(reading.file), line=number, value=text, hint=hint
        ) from None


def read_json(reading: Reading) -> Iterator[Located]:
    """A JSON list of objects; JSON lines under this name are read as such."""
    if _holds_lines(reading):
        yield from read_jsonl(reading)
        return
    file = str(reading.file)
    try:
        values = json.loads(_text(reading))
    except (ValueError, RecursionError) as error:
        raise DataError(f"must be JSON ({error})", file=file) from None
    if not isinstance(values, list):
        lists = [key for key, value in values.items() if isinstance(value, list)] if isinstance(values, dict) else []
        hint = f"Save what stands under {lists[0]!r} as a file of its own." if lists else None
        raise DataError("must be a JSON list of objects, or one object a line", file=file, value=values, hint=hint)
    for number, value in enumerate(values, start=1):
        place = f"{file}: row {number}"
        try:
            row = _row(value, place, None)
        except DataError as error:
            reading.bad(error)
            continue
        yield Located(row, place)


def _holds_lines(reading: Reading) -> bool:
    """Whether the first two lines that are not blank are an object each."""
    with opened(reading) as (stream, _):
        lines = (line for line in stream if line.strip())
        for line in (next(lines, b""), next(lines, b"")):
            try:
                if not isinstance(json.loads(line.decode("utf-8-sig")), dict):
                    return False
            except (ValueError, RecursionError):
                return False
    return True


def read_csv(reading: Reading) -> Iterator[Located]:
    """Separated by commas or what `delimiter` says, quoted as by spreadsheets; the first line names the columns.

    All values are text. A row with another number of columns is a bad one.
    """
    file, line = str(reading.file), 0
    csv.field_size_limit(MOST_CELL)
    with opened(reading) as (stream, tell):
        text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        reader = csv.reader(text, strict=True, delimiter=reading.delimiter or ",")
        try:
            names = next(reader, [])
            if len(set(names)) != len(names):
                raise DataError("column names must be distinct", file=file, line=1, value=names)
            for values in reader:
                if not line:
                    _check_separated(reading, names, values)
                line = reader.line_num
                if line % BATCH == 0:
                    tell()
                if values and len(values) != len(names):
                    reading.bad(
                        DataError(
                            f"a row must have {len(names)} columns as the first line has",
                            file=file,
                            line=line,
                            value=len(values),
                        )
                    )
                elif values:
                    yield reading.at(dict(zip(names, values, strict=True)), line)
        except csv.Error as error:
            raise DataError(f"must be CSV ({error})", file=file, line=reader.line_num) from None
        except UnicodeDecodeError as error:
            bad = error.object[error.start : error.start + 4]
            raise _first_not_utf8(reading) or _not_utf8(reading, reader.line_num + 1, bad) from None


def _check_separated(reading: Reading, names: list[str], values: list[str]) -> None:
    """DataError where a single column looks like several: its name and its first value hold another separator."""
    if len(names) != 1 or len(values) != 1:
        return
    for mark in SEPARATORS.replace(reading.delimiter or ",", ""):
        if 0 < names[0].count(mark) <= values[0].count(mark):
            raise DataError(
                f"has one column where it is separated by {reading.delimiter or ','!r}",
                file=str(reading.file),
                line=1,
                value=names[0],
                hint=f"Write `delimiter: {json.dumps(mark)}`.",
            )


def read_parquet(reading: Reading) -> Iterator[Located]:
    """The rows of a Parquet file."""
    import pyarrow
    from pyarrow import parquet

    number = 0
    try:
        table = parquet.ParquetFile(reading.file)
        total = max(1, table.metadata.num_rows)
        for batch in table.iter_batches(batch_size=BATCH):
            for row in batch.to_pylist():
                number += 1
                yield Located(json_fields(row), f"{reading.file}: row {number}")
            reading.told(number / total)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise DataError(f"must be Parquet ({reason})", file=str(reading.file)) from None


def read_text(reading: Reading) -> Iterator[Located]:
    """Pieces of `chunk` characters in the text's order, each cut in the middle, less the blank ones."""
    text, half = _text(reading), reading.chunk // 2
    number = 0
    for start in range(0, len(text) - reading.chunk + 1, reading.chunk):
        prompt, answer = text[start : start + half], text[start + half : start + reading.chunk]
        if prompt.strip() and answer.strip():
            number += 1
            yield Located({"prompt": prompt, "answer": answer}, f"{reading.file}: row {number}")


READERS: dict[Format, Callable[[Reading], Iterator[Located]]] = {
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": read_csv,
    "parquet": read_parquet,
    "text": read_text,
}
