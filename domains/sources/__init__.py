"""Where examples come from. One file per source; table.py names them all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from domains.sources import mix
from domains.sources.kind import SourceBase, SourceKind
from domains.sources.pool import Pool, SourceRequest
from domains.sources.table import PLAIN

KINDS: dict[str, SourceKind] = {kind.name: kind for kind in (*PLAIN, mix.KIND)}
"""`type` → the kind."""

if TYPE_CHECKING:
    SourceSpec = SourceBase
else:
    SourceSpec = Annotated[Union[tuple(kind.spec for kind in KINDS.values())], Field(discriminator="type")]  # noqa: UP007
"""What a curriculum may write."""


def kind_of(spec: SourceSpec) -> SourceKind:
    """What there is to know of a source's kind."""
    return KINDS[spec.type]


def load_rows(spec: SourceSpec, request: SourceRequest) -> Pool:
    """The source's rows, not yet split. Raises DataError."""
    return kind_of(spec).load(spec, request)


def source_files(spec: SourceSpec, base: Path) -> list[Path] | None:
    """Every file that a source reads; None where it does not read local files alone. DataError for a missing one."""
    files = kind_of(spec).files
    return None if files is None else files(spec, base)


def placed(spec: SourceSpec, base: Path) -> SourceSpec:
    """`spec` with absolute paths in place of those that start at `base`. What is no path stays as it is written."""
    place = kind_of(spec).placed
    return spec if place is None else place(spec, base)
