"""Rewards in [0, 1]. One file per reward: its YAML (`…Reward`) and its function.

To add a reward: write the file, then name it in `RewardSpec` and in `BUILDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field

from domains.example import Example
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.numeric import NumericReward
from domains.rewards.pattern import PatternReward
from domains.rewards.scorer import ScorerReward

Reward = Callable[[Sequence[str], Example], list[float]]
"""Scores all rollouts of one prompt (the group) at once: completions, example → one number in [0, 1] each."""

RewardSpec = Annotated[
    ExactReward | NumericReward | PatternReward | ScorerReward | CreativeReward, Field(discriminator="type")
]
