"""A source whose paths are valid from any folder."""

from __future__ import annotations

from pathlib import Path

from domains.sources import SourceSpec
from domains.sources.files import FileSource
from domains.sources.hub import HubSource, place_of
from domains.sources.paths import expand


def placed(spec: SourceSpec, base: Path) -> SourceSpec:
    """`spec` with absolute paths in place of those that start at `base`. What is no path stays as it is written."""
    if isinstance(spec, FileSource):
        test = spec.test and str(expand(spec.test, base, "source.test").absolute())
        path = str(expand(spec.path, base, "source.path").absolute())
        return spec.model_copy(update={"path": path, "test": test})
    if isinstance(spec, HubSource):
        return spec.model_copy(update={"id": place_of(spec, base)})
    return spec
