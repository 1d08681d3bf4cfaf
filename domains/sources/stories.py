"""The creative domain that ships: little stories from a grammar, to be continued in one's own way."""

from __future__ import annotations

from typing import Literal

from domains.frozen import Frozen


class StoriesSource(Frozen):
    """Story openings with many good endings. Template fields: ``prompt``, ``answer``."""

    type: Literal["stories"]
