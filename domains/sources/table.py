"""The one table of sources. To add one: write its file, which ends with its `KIND`, and name it in `PLAIN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from domains.sources import files, hub, reasoning_gym, stories
from domains.sources.kind import SourceBase, SourceKind

PLAIN: tuple[SourceKind, ...] = (
    reasoning_gym.KIND,
    files.KIND,
    hub.KIND,
    stories.KIND,
)
"""All but a mix, whose parts they may be."""

if TYPE_CHECKING:
    PlainSource = SourceBase
else:
    PlainSource = Annotated[Union[tuple(kind.spec for kind in PLAIN)], Field(discriminator="type")]  # noqa: UP007
"""What a part of a mix may be: one of the table's, told apart by `type`."""
