"""Rewards applied to a group of completions; a failure names the domain."""

from __future__ import annotations

from collections.abc import Sequence

from domains.errors import StageError
from domains.example import Example
from domains.rewards import Reward


def score_group(domain: str, reward: Reward, group: Sequence[str], example: Example) -> list[float]:
    """One number in [0, 1] a completion. Raises StageError("reward", …) where the reward fails."""
    try:
        return reward(group, example)
    except StageError as error:
        raise StageError("reward", f"domain {domain}: {error.cause}") from error
