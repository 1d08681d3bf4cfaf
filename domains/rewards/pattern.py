"""The completion matches a regular expression."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class PatternReward(Frozen):
    """1 where the whole completion matches `pattern`; with a named group ``answer``, that must equal the answer."""

    type: Literal["regex"]
    weight: float = Field(1.0, ge=0)
    pattern: str = Field(min_length=1)
