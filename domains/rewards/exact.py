"""The completion is the reference answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class ExactReward(Frozen):
    """1 where the completion equals the answer, else 0."""

    type: Literal["exact"]
    weight: float = Field(1.0, ge=0)
    strip: bool = True
    """Ignore white space at both ends."""
    case: bool = True
    """Upper and lower case differ."""
