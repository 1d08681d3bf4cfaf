"""Local files: JSON lines, JSON, CSV, TSV, Parquet, plain text, any of them packed by gzip, and saved data sets."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from domains.errors import DataError
from domains.sources.formats import DELIMITERS, READERS, Format, Reading, format_of
from domains.sources.kind import SourceKind
from domains.sources.paths import around, astray, beside, expand, is_there
from domains.sources.pool import Located, Pool, Rows, SourceRequest
from domains.sources.rules import RowRules, ruled
from domains.sources.saved import is_saved, is_saved_dict, read_saved

Paths = str | tuple[str, ...]
PATTERN = "*?["
HUB_ID = re.compile(r"[\w-]+/[\w-]+")
HUB_HINT = "A data set of the hub is `type: hub`."


class FileSource(RowRules):
    """Files of rows. Relative paths are relative to the curriculum; ``~`` and ``${VARS}`` are expanded."""

    type: Literal["file"]
    path: Paths = Field(min_length=1)
    """Training rows; also split for validation and test, where these are not given: a file, a pattern like
    ``data/*.jsonl``, a folder that `Dataset.save_to_disk` wrote, or a list of them."""
    validation: Paths | None = Field(None, min_length=1)
    """Files with validation rows; default: cut from `path`."""
    test: Paths | None = Field(None, min_length=1)
    """Files with test rows; default: cut from `path`."""
    format: Format | None = None
    """Default: by the file's ending (.jsonl .ndjson .json .csv .tsv .parquet .txt, also with .gz)."""
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    """What stands between the values of CSV; default: a comma, in .tsv a tab."""
    chunk: int = Field(96, gt=1)
    """Plain text: characters per piece; each is cut into the template fields ``prompt`` (first half) and ``answer``."""

    @field_validator("delimiter")
    @classmethod
    def _one_that_separates(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and delimiter in '"\r\n':
            raise ValueError("must not be a quote or the end of a line")
        return delimiter


def load(spec: FileSource, request: SourceRequest) -> Pool:
    """All rows of the files. Raises DataError with the file and line."""
    files = {key: _files(paths, request.base, f"source.{key}") for key, paths in written(spec).items()}
    formats = {_format(spec, file, f"source.{key}") for key, found in files.items() for file in found}
    _check_asked(spec, formats)
    if "text" in formats and len(formats) > 1:
        raise DataError("plain text and rows must not stand in one source", key="source.path", value=spec.path)
    rows = {key: _rows(spec, found, f"source.{key}", request) for key, found in files.items()}
    return Pool(
        rows=rows["path"],
        name=spec.path if isinstance(spec.path, str) else ", ".join(spec.path),
        validation=rows.get("validation"),
        test=rows.get("test"),
        layout="regions" if formats == {"text"} else "rows",
    )


def _check_asked(spec: FileSource, formats: set[Format | None]) -> None:
    """Refuse what none of the files would listen to."""
    found = ", ".join(sorted(form or "a saved data set" for form in formats))
    if spec.delimiter is not None and not formats & {"csv", "tsv"}:
        hint = "Leave it out, or write `format: csv`, if the files are that."
        raise DataError(f"is for CSV, and this is {found}", key="source.delimiter", value=spec.delimiter, hint=hint)
    # A curriculum that is written out names every default.
    if spec.chunk != FileSource.model_fields["chunk"].default and "text" not in formats:
        hint = "Leave it out, or write `format: text`, if the files are that."
        raise DataError(f"is for plain text, and this is {found}", key="source.chunk", value=spec.chunk, hint=hint)


def written(spec: FileSource) -> dict[str, tuple[str, ...]]:
    """Key → the paths that are written there, for all keys that name files."""
    keys = {"path": spec.path, "validation": spec.validation, "test": spec.test}
    return {key: (paths,) if isinstance(paths, str) else paths for key, paths in keys.items() if paths is not None}


def files_of(spec: FileSource, base: Path) -> list[Path]:
    """Every file that the source reads, those in saved data sets one by one. DataError where one is not there."""
    found: list[Path] = []
    for key, paths in written(spec).items():
        for path in _files(paths, base, f"source.{key}"):
            found += sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
    return found


def placed(spec: FileSource, base: Path) -> FileSource:
    """With absolute paths."""
    keys = {key: getattr(spec, key) for key in ("path", "validation", "test")}
    return spec.model_copy(update={key: _absolute(paths, base, key) for key, paths in keys.items()})


def _absolute(paths: Paths | None, base: Path, key: str) -> Paths | None:
    if paths is None:
        return None
    if isinstance(paths, str):
        return str(expand(paths, base, f"source.{key}").absolute())
    return tuple(str(expand(path, base, f"source.{key}").absolute()) for path in paths)


def _files(paths: Sequence[str], base: Path, key: str) -> list[Path]:
    """The files and saved data sets that are named, patterns in the order of their names."""
    return [file for path in paths for file in _named(path, base, key)]


def _named(text: str, base: Path, key: str) -> list[Path]:
    path = expand(text, base, key)
    if is_there(path) or not any(mark in text for mark in PATTERN):
        return [_checked(path, text, base, key)]
    found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 - also absolute ones
    files = [file for file in found if file.is_file() or is_saved(file)]
    if not files:
        hint = astray(text, base, key) or _no_match(path)
        raise DataError("a data file must match the pattern", key=key, value=str(path), hint=hint)
    return files


def _no_match(pattern: Path) -> str | None:
    """Where a pattern goes astray: a folder before its first mark that is not there, else what that folder holds."""
    fixed = list(takewhile(lambda part: not any(mark in part for mark in PATTERN), pattern.parts))
    folder = Path(*fixed)
    return around(folder / "*") if is_there(folder) else beside(folder) or around(folder / "*")


def _checked(path: Path, text: str, base: Path, key: str) -> Path:
    if is_there(path) and path.is_dir():
        if is_saved(path):
            return path
        hint = f"Write `{path.name}/*.jsonl`, or whatever its files are called."
        if is_saved_dict(path):
            hint = "It holds several splits: write `type: hub` with `path`, `split` and `test`, which name them."
        raise DataError("must be a data file, and this is a folder", key=key, value=str(path), hint=hint)
    if not is_there(path):
        near = astray(text, base, key) or beside(path) or (HUB_HINT if HUB_ID.fullmatch(text) else around(path))
        raise DataError("data file must exist", key=key, value=str(path), hint=near)
    return path


def _format(spec: FileSource, file: Path, key: str) -> Format | None:
    """None for a saved data set."""
    try:
        return None if file.is_dir() else format_of(file, spec.format)
    except DataError as error:
        raise error.located(key=key) from None


def _rows(spec: FileSource, files: Sequence[Path], key: str, request: SourceRequest) -> Rows:
    """Rows of files, one after the other, with the extracted fields and less those that are filtered out."""

    def bad(error: DataError) -> None:
        request.bad(error.located(key=key))

    def read() -> Iterator[Located]:
        for number, file in enumerate(files):

            def told(part: float, number: int = number, file: Path = file) -> None:
                request.told(file.name, (number + part) / len(files))

            yield from _read(spec, file, key, bad, told)

    return ruled(spec, read(), request)


def _read(
    spec: FileSource, file: Path, key: str, bad: Callable[[DataError], None], told: Callable[[float], None]
) -> Iterator[Located]:
    """Rows of one file. DataErrors carry `key`."""
    rows = 0
    try:
        for located in _reader(spec, file, bad, told):
            rows += 1
            yield located
    except OSError as error:
        raise DataError(f"data file cannot be read ({error.strerror})", key=key, value=str(file)) from None
    except DataError as error:
        raise error.located(key=key) from None
    if not rows:
        raise DataError("data file must not be empty", file=str(file), key=key, hint=_nothing(spec, file))


def _reader(
    spec: FileSource, file: Path, bad: Callable[[DataError], None], told: Callable[[float], None]
) -> Iterator[Located]:
    if file.is_dir():
        return read_saved(file, told)
    form = format_of(file, spec.format)
    reading = Reading(file, bad, told, spec.chunk, spec.delimiter or DELIMITERS.get(form))
    return READERS[form](reading)


def _nothing(spec: FileSource, file: Path) -> str | None:
    """Why a file that holds something has no rows."""
    if file.is_file() and not file.stat().st_size:
        return None
    short = f"It has no piece of {spec.chunk} characters that is not blank: lower source.chunk."
    return short if file.is_file() and format_of(file, spec.format) == "text" else "It has no row that can be used."


KIND = SourceKind(spec=FileSource, load=load, files=files_of, placed=placed)
