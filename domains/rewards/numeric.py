"""The completion's number is the answer's number."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class NumericReward(Frozen):
    """1 where the last number or expression of the completion equals the answer's (by math-verify), else 0."""

    type: Literal["numeric"]
    weight: float = Field(1.0, ge=0)
    tolerance: float = Field(0.0, ge=0)
    """Relative tolerance for decimals."""
