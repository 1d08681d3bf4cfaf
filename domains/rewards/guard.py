"""Failures of rewards are StageErrors that name the reward and the domain."""

from __future__ import annotations

import math
from collections.abc import Sequence

from domains.errors import StageError
from domains.example import Example
from domains.rewards.base import Mark, Reward


def checked(name: str, reward: Reward) -> Reward:
    """`reward`, whose failures and impossible scores become StageErrors that name it."""

    def safe(completions: Sequence[str], example: Example) -> list[Mark]:
        try:
            marks = reward(completions, example)
            scores = [mark.score for mark in marks]
        except StageError as error:
            raise StageError("reward", f"{name}: {error.cause}") from None
        except Exception as error:
            raise StageError("reward", f"{name} raised {type(error).__name__}: {error}") from error
        if len(scores) != len(completions):
            raise StageError("reward", f"{name} gave {len(scores)} scores for {len(completions)} completions")
        if bad := [score for score in scores if not (math.isfinite(score) and 0 <= score <= 1)]:
            raise StageError("reward", f"{name} gave {bad[0]}, scores must be in [0, 1]")
        return marks

    return safe


def score_group(domain: str, reward: Reward, group: Sequence[str], example: Example) -> list[Mark]:
    """One mark a completion. Raises StageError("reward", …), which names the domain, where the reward fails."""
    try:
        return reward(group, example)
    except StageError as error:
        raise StageError("reward", f"domain {domain}: {error.cause}") from error
