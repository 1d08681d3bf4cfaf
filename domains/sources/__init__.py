"""Where examples come from. One file per source: its YAML (`…Source`) and its `load`.

To add a source: write the file, then name it in `SourceSpec` and in `LOADERS`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domains.sources.files import FileSource
from domains.sources.hub import HubSource
from domains.sources.reasoning_gym import ReasoningGymSource
from domains.sources.stories import StoriesSource

SourceSpec = Annotated[
    ReasoningGymSource | FileSource | HubSource | StoriesSource, Field(discriminator="type")
]
