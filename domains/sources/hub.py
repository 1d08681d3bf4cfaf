"""Hugging Face data sets by hub id or folder, by the names that `datasets.load_dataset` has for things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from domains.errors import DataError
from domains.sources.paths import astray, expand, filled
from domains.sources.pool import Located, Pool, Request
from domains.sources.rules import RowRules, ruled
from domains.sources.saved import is_saved_dict, read_saved, rows_of, saved_split

RENAMED = {"id": "path", "config": "name", "train": "split"}


class HubSource(RowRules):
    """A data set by hub id or folder. Template fields: its columns. Remote code is never run."""

    type: Literal["hub"]
    path: str = Field(min_length=1)
    """The hub id, or a folder: of data files, or one that `DatasetDict.save_to_disk` wrote."""
    name: str | None = None
    """Which configuration, where a data set has several."""
    revision: str | None = None
    """Pin it for a run that can be repeated."""
    data_files: str | tuple[str, ...] | dict[str, str | tuple[str, ...]] | None = None
    """Which of its files to read, perhaps by split."""
    split: str = "train"
    """The split to train on; also split for validation."""
    validation: str | None = None
    """The split for validation; default: cut from `split`."""
    test: str | None = None
    """The split for test; default: cut from `split`."""

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, given: Any) -> Any:
        if isinstance(given, dict) and (old := next((key for key in RENAMED if key in given), None)):
            raise ValueError(f"{old}: is called `{RENAMED[old]}`, as in datasets.load_dataset")
        return given


def load(spec: HubSource, request: Request) -> Pool:
    """The columns of the named splits."""
    place, hint = place_of(spec, request.base), astray(spec.path, request.base, "source.path")
    wanted = {key: getattr(spec, key) for key in ("split", "validation", "test")}
    rows = {
        key: ruled(spec, _split(spec, place, name, key, hint, request), request.bad)
        for key, name in wanted.items()
        if name
    }
    return Pool(rows["split"], name=spec.path, validation=rows.get("validation"), test=rows.get("test"))


def place_of(spec: HubSource, base: Path) -> str:
    """The absolute path of a folder, which goes before a hub id of that name; else the hub id."""
    folder = expand(spec.path, base, "source.path")
    return str(folder.absolute()) if folder.is_dir() else filled(spec.path, "source.path")


def _split(spec: HubSource, place: str, name: str, key: str, hint: str | None, request: Request) -> Iterator[Located]:
    """Rows of one split; every failure of the library becomes one line."""
    what = f"{spec.path}[{name}]"

    def told(part: float) -> None:
        request.told(what, part)

    if is_saved_dict(Path(place)):
        try:
            folder = saved_split(Path(place), name)
        except DataError as error:
            raise error.located(key=f"source.{key}") from None
        rows = read_saved(folder, told)
    else:
        rows = _loaded(spec, place, name, what, hint, request)
    found = False
    for located in rows:
        found = True
        yield located
    if not found:
        raise DataError(f"the data set's split {name!r} must not be empty", key=f"source.{key}", value=spec.path)


def _loaded(spec: HubSource, place: str, name: str, what: str, hint: str | None, request: Request) -> Iterator[Located]:
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    request.told(what, 0.0)
    try:
        data = load_dataset(
            place,
            spec.name,
            data_files=_plain(spec.data_files),
            split=name,
            revision=spec.revision,
            trust_remote_code=False,
        )
        yield from rows_of(data, what, lambda part: request.told(what, part))
    except DataError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0] or type(error).__name__
        raise DataError(
            f"the data set's split {name!r} cannot be loaded ({reason})", key="source.path", value=spec.path, hint=hint
        ) from None


def _plain(files: Any) -> Any:
    """Lists in place of tuples, which the library does not know."""
    if isinstance(files, dict):
        return {split: _plain(paths) for split, paths in files.items()}
    return list(files) if isinstance(files, tuple) else files
