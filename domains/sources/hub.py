"""Hugging Face data sets by hub id or folder, by the names that `datasets.load_dataset` has for things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from domains.at_key import at_key
from domains.errors import DataError
from domains.frozen import with_tuples
from domains.sources.kind import SourceKind
from domains.sources.paths import astray, expand, filled, is_there
from domains.sources.pool import Located, Pool, SourceRequest
from domains.sources.reaching import UNREACHED, tries
from domains.sources.rules import RowRules, ruled
from domains.sources.saved import is_saved, is_saved_dict, read_saved, rows_of, saved_split

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
            raise at_key(old, f"is called `{RENAMED[old]}`, as in datasets.load_dataset")
        return with_tuples(given)


def load(spec: HubSource, request: SourceRequest) -> Pool:
    """The columns of the named splits."""
    place, hint = place_of(spec, request.base), astray(spec.path, request.base, "source.path")
    _check_no_file(spec, request.base)
    wanted = {key: getattr(spec, key) for key in ("split", "validation", "test")}
    rows = {
        key: ruled(spec, _split(spec, place, name, key, hint, request), request) for key, name in wanted.items() if name
    }
    return Pool(rows["split"], name=spec.path, validation=rows.get("validation"), test=rows.get("test"))


def _check_no_file(spec: HubSource, base: Path) -> None:
    """A file and a single saved data set are not asked of the hub, which would take its time to say no."""
    path = expand(spec.path, base, "source.path")
    if is_saved(path) or (is_there(path) and not path.is_dir()):
        what = "a saved data set without splits" if path.is_dir() else "a file"
        raise DataError(
            f"must be a hub id or a folder, and this is {what}",
            key="source.path",
            value=spec.path,
            hint=f"Write `{{type: file, path: {spec.path}}}`.",
        )


def place_of(spec: HubSource, base: Path) -> str:
    """The absolute path of a folder, which goes before a hub id of that name; else the hub id."""
    folder = expand(spec.path, base, "source.path")
    return str(folder.absolute()) if folder.is_dir() else filled(spec.path, "source.path")


def _split(
    spec: HubSource, place: str, name: str, key: str, hint: str | None, request: SourceRequest
) -> Iterator[Located]:
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


def _loaded(
    spec: HubSource, place: str, name: str, what: str, hint: str | None, request: SourceRequest
) -> Iterator[Located]:
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    request.told(what, 0.0)
    with tries(lambda number: request.told(f"{what}, try {number}", 0.0)) as tried:
        try:
            data = load_dataset(
                place,
                spec.name,
                data_files=_plain(spec.data_files),
                split=name,
                revision=spec.revision,
                trust_remote_code=False,
            )
        except Exception as error:
            raise _unloadable(spec, name, error, tried.count, hint) from None
    try:
        yield from rows_of(data, what, lambda part: request.told(what, part))
    except DataError:
        raise
    except Exception as error:
        raise _unloadable(spec, name, error, 1, hint) from None


def _unloadable(spec: HubSource, name: str, error: Exception, tried: int, hint: str | None) -> DataError:
    reason = str(error).strip().split("\n", maxsplit=1)[0] or type(error).__name__
    rule = f"the data set's split {name!r} cannot be loaded ({reason})"
    if isinstance(error, ConnectionError):
        rule = f"the hub cannot be reached in {tried} {'try' if tried == 1 else 'tries'} ({reason})"
        hint = hint or UNREACHED
    return DataError(rule, key="source.path", value=spec.path, hint=hint)


def _plain(files: Any) -> Any:
    """Lists in place of tuples, which the library does not know."""
    if isinstance(files, dict):
        return {split: _plain(paths) for split, paths in files.items()}
    return list(files) if isinstance(files, tuple) else files


KIND = SourceKind(
    spec=HubSource,
    load=load,
    placed=lambda spec, base: spec.model_copy(update={"path": place_of(spec, base)}),
)
