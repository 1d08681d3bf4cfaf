"""All that the rest of the house knows of one kind of source. Each source's file ends with its own, `KIND`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from domains.frozen import Frozen
from domains.sources.pool import Pool, SourceRequest


class SourceBase(Frozen):
    """What every source's YAML says."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """A kind of source."""

    spec: type[SourceBase]
    """What a curriculum may write of it; ``type: Literal["…"]`` is its name."""
    load: Callable[[Any, SourceRequest], Pool]
    """The source's rows, not yet split. DataError."""
    makes: bool = False
    """Whether a program makes its items, as many as are asked for."""
    files: Callable[[Any, Path], list[Path] | None] | None = None
    """Every file that it reads, relative to a folder; None where it does not read local files alone. DataError for one
    that is missing."""
    placed: Callable[[Any, Path], Any] | None = None
    """The spec with absolute paths in place of those that start at a folder. What is no path stays as it is written."""

    @property
    def name(self) -> str:
        """The `type` that a curriculum writes."""
        (name,) = get_args(self.spec.model_fields["type"].annotation)
        return str(name)
