"""Where examples come from. One file per source: its YAML (`…Source`) and its `load`.

To add a source: write the file, then name it in `SourceSpec` and in `LOADERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from domains.sources import files, hub, mix, reasoning_gym, stories
from domains.sources.files import FileSource
from domains.sources.hub import HubSource
from domains.sources.mix import MixSource
from domains.sources.pool import Pool, SourceRequest
from domains.sources.reasoning_gym import ReasoningGymSource
from domains.sources.stories import StoriesSource

SourceSpec = Annotated[
    ReasoningGymSource | FileSource | HubSource | StoriesSource | MixSource, Field(discriminator="type")
]
LOADERS: dict[str, Callable[[Any, SourceRequest], Pool]] = {
    "reasoning_gym": reasoning_gym.load,
    "file": files.load,
    "hub": hub.load,
    "stories": stories.load,
    "mix": lambda spec, request: mix.load(spec, request, load_rows),
}


def load_rows(spec: SourceSpec, request: SourceRequest) -> Pool:
    """The source's rows, not yet split. Raises DataError."""
    return LOADERS[spec.type](spec, request)


def source_files(spec: SourceSpec, base: Path) -> list[Path] | None:
    """Every file that a source reads; None where it does not read local files alone. DataError for a missing one."""
    if isinstance(spec, FileSource):
        return files.files_of(spec, base)
    if isinstance(spec, MixSource):
        parts = [source_files(part.source, base) for part in spec.parts]
        found = [part for part in parts if part is not None]
        return [file for part in found for file in part] if len(found) == len(parts) else None
    return None
