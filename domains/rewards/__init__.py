"""Rewards in [0, 1]. One file per reward: its YAML (`…Reward`) and its `build`.

To add a reward: write the file, then name it in `RewardSpec` and in `BUILDERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from domains.errors import DataError, StageError
from domains.example import Example
from domains.rewards import creative, exact, numeric, pattern, scorer
from domains.rewards.base import Reward
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.numeric import NumericReward
from domains.rewards.pattern import PatternReward
from domains.rewards.scorer import ScorerReward

RewardSpec = Annotated[
    ExactReward | NumericReward | PatternReward | ScorerReward | CreativeReward, Field(discriminator="type")
]
BUILDERS: dict[str, Callable[[Any, Sequence[Example]], Reward]] = {
    "exact": exact.build,
    "numeric": numeric.build,
    "regex": pattern.build,
    "scorer": scorer.build,
    "creative": creative.build,
}

__all__ = ["BUILDERS", "Reward", "RewardSpec", "build_mix", "build_reward"]


def build_reward(spec: RewardSpec, train: Sequence[Example]) -> Reward:
    """The reward that `spec` names; some learn words from `train`. Scores are checked: see `checked`."""
    return checked(spec.type, BUILDERS[spec.type](spec, train))


def build_mix(specs: Sequence[RewardSpec], train: Sequence[Example]) -> Reward:
    """Weighted mean of the rewards. Raises DataError where all weights are zero."""
    total = sum(spec.weight for spec in specs)
    if total <= 0:
        raise DataError("reward weights must not sum to zero", key="rewards", value=total)
    parts = [(spec.weight / total, build_reward(spec, train)) for spec in specs if spec.weight > 0]

    def reward(completions: Sequence[str], example: Example) -> list[float]:
        columns = [(weight, part(completions, example)) for weight, part in parts]
        return [min(1.0, sum(weight * scores[i] for weight, scores in columns)) for i in range(len(completions))]

    return reward


def checked(name: str, reward: Reward) -> Reward:
    """`reward`, whose failures and impossible scores become StageErrors that name it."""

    def safe(completions: Sequence[str], example: Example) -> list[float]:
        try:
            scores = reward(completions, example)
        except Exception as error:
            raise StageError("reward", f"{name} raised {type(error).__name__}: {error}") from error
        if len(scores) != len(completions):
            raise StageError("reward", f"{name} gave {len(scores)} scores for {len(completions)} completions")
        if bad := [score for score in scores if not (math.isfinite(score) and 0 <= score <= 1)]:
            raise StageError("reward", f"{name} gave {bad[0]}, scores must be in [0, 1]")
        return scores

    return safe


def reward_identity(spec: RewardSpec) -> object:
    """What decides a reward's scores."""
    return spec.model_dump(mode="json")
