"""Data sets of the Hugging Face hub (or any folder that `datasets.load_dataset` reads)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from domains.errors import DataError
from domains.frozen import Frozen
from domains.sources.extract import checked, extract
from domains.sources.paths import astray, expand, filled
from domains.sources.pool import Pool, Request, Row, json_fields, row_places


class HubSource(Frozen):
    """A data set by hub id or folder. Template fields: its columns. Remote code is never run."""

    type: Literal["hub"]
    id: str = Field(min_length=1)
    config: str | None = None
    revision: str | None = None
    """Pin it for a run that can be repeated."""
    train: str = "train"
    """The hub split to train on; also split for validation."""
    test: str | None = None
    """The hub split for test; default: cut from `train`."""
    pattern: dict[str, str] = Field(default_factory=dict)
    """As for files: name → ``field ~ regular expression with one group``."""

    @field_validator("pattern")
    @classmethod
    def _patterns(cls, pattern: dict[str, str]) -> dict[str, str]:
        return checked(pattern)


def load(spec: HubSource, request: Request) -> Pool:
    """The columns of the named splits."""
    place, hint = place_of(spec, request.base), astray(spec.id, request.base, "source.id")
    parts = {name: _split(spec, place, name, hint) for name in (spec.train, spec.test) if name}
    places = {name: row_places(f"{spec.id}[{name}]", len(part)) for name, part in parts.items()}
    rows = {name: tuple(extract(part, spec.pattern, places[name])) for name, part in parts.items()}
    return Pool(
        rows=rows[spec.train],
        name=spec.id,
        test=rows[spec.test] if spec.test else None,
        places=places[spec.train],
        test_places=places[spec.test] if spec.test else (),
        test_file=f"{spec.id}[{spec.test}]",
    )


def place_of(spec: HubSource, base: Path) -> str:
    """The absolute path of a folder, which goes before a hub id of that name; else the hub id."""
    folder = expand(spec.id, base, "source.id")
    return str(folder.absolute()) if folder.is_dir() else filled(spec.id, "source.id")


def _split(spec: HubSource, place: str, name: str, hint: str | None) -> list[Row]:
    """Rows of one split; every failure of the library becomes one line."""
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    try:
        data = load_dataset(place, spec.config, split=name, revision=spec.revision, trust_remote_code=False)
        rows = [json_fields(row) for row in data]
    except Exception as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0] or type(error).__name__
        raise DataError(
            f"the data set's split {name!r} cannot be loaded ({reason})", key="source.id", value=spec.id, hint=hint
        ) from None
    if not rows:
        raise DataError(f"the data set's split {name!r} must not be empty", key="source.id", value=spec.id)
    return rows
