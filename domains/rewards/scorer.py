"""reasoning-gym's own scorer for the task."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class ScorerReward(Frozen):
    """`score_answer` of the reasoning-gym task that made the example."""

    type: Literal["scorer"]
    weight: float = Field(1.0, ge=0)
