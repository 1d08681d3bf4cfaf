"""A source whose paths are valid from any folder."""

from __future__ import annotations

from pathlib import Path

from domains.sources import SourceSpec
from domains.sources.files import FileSource, Paths
from domains.sources.hub import HubSource, place_of
from domains.sources.mix import MixSource
from domains.sources.paths import expand


def placed(spec: SourceSpec, base: Path) -> SourceSpec:
    """`spec` with absolute paths in place of those that start at `base`. What is no path stays as it is written."""
    if isinstance(spec, FileSource):
        keys = {key: getattr(spec, key) for key in ("path", "validation", "test")}
        return spec.model_copy(update={key: _absolute(paths, base, key) for key, paths in keys.items()})
    if isinstance(spec, HubSource):
        return spec.model_copy(update={"path": place_of(spec, base)})
    if isinstance(spec, MixSource):
        parts = tuple(part.model_copy(update={"source": placed(part.source, base)}) for part in spec.parts)
        return spec.model_copy(update={"parts": parts})
    return spec


def _absolute(paths: Paths | None, base: Path, key: str) -> Paths | None:
    if paths is None:
        return None
    if isinstance(paths, str):
        return str(expand(paths, base, f"source.{key}").absolute())
    return tuple(str(expand(path, base, f"source.{key}").absolute()) for path in paths)
