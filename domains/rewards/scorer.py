"""reasoning-gym's own scorer for the task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from domains.errors import DataError
from domains.example import Example
from domains.frozen import Frozen
from domains.rewards.base import Reward
from domains.sources.reasoning_gym import ORIGIN, regenerate


class ScorerReward(Frozen):
    """`score_answer` of the reasoning-gym task that made the example."""

    type: Literal["scorer"]
    weight: float = Field(1.0, ge=0)


def build(spec: ScorerReward, train: Sequence[Example]) -> Reward:
    """The task's scorer on its own entry, made again from the example's origin: JSON would lose types.

    Raises DataError where the examples do not come from reasoning-gym.
    """
    if any(ORIGIN not in example.fields for example in train):
        raise DataError(
            "scorer needs a source of type reasoning_gym", key="rewards", hint="Use exact, numeric or regex."
        )

    @lru_cache(maxsize=16384)
    def entry_of(origin: tuple[str, str, int, int]) -> tuple[Any, dict[str, Any]]:
        return regenerate(*origin)

    def reward(completions: Sequence[str], example: Example) -> list[float]:
        origin = example.fields[ORIGIN]
        dataset, entry = entry_of((origin["task"], origin["config"], origin["seed"], origin["index"]))
        if entry["question"] != example.fields["question"]:
            raise ValueError("this reasoning-gym makes another item than the one that prepared the data")
        return [_score(dataset, text.strip(), entry) for text in completions]

    return reward


def _score(dataset: Any, text: str, entry: dict[str, Any]) -> float:
    """Clipped to [0, 1]. A scorer that raises on a model's odd output has not found it right: 0."""
    try:
        score = float(dataset.score_answer(text, entry))
    except Exception:
        return 0.0
    return min(1.0, max(0.0, score)) if math.isfinite(score) else 0.0
