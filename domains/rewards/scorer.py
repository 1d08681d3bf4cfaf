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
from domains.rewards.base import Mark, Reward
from domains.rewards.harmless import harmless
from domains.rewards.identity import Version
from domains.sources.reasoning_gym import ORIGIN, regenerate

GENEROUS = frozenset({"game_of_life_halting"})
"""Tasks whose scorer compares truth values of texts, so that anything is right (reasoning-gym 0.1.25)."""


VERSION = Version(1, ("reasoning-gym",))


class ScorerReward(Frozen):
    """`score_answer` of the reasoning-gym task that made the example."""

    type: Literal["scorer"]
    weight: float = Field(1.0, ge=0)


def build(spec: ScorerReward, train: Sequence[Example]) -> Reward:
    """The task's scorer on its own entry, made again from the example's origin: JSON would lose types.

    Raises DataError where the examples do not come from reasoning-gym, or from a task in `GENEROUS`.
    """
    if any(ORIGIN not in example.fields for example in train):
        raise DataError(
            "scorer needs a source of type reasoning_gym", key="rewards", hint="Use exact, numeric or regex."
        )

    if generous := GENEROUS & {example.fields[ORIGIN]["task"] for example in train}:
        raise DataError(
            f"the scorer of {min(generous)} gives full marks for any text", key="rewards", hint="Use exact."
        )

    @lru_cache(maxsize=16384)
    def entry_of(origin: tuple[str, str, int, int]) -> tuple[Any, dict[str, Any]]:
        return regenerate(*origin)

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        origin = example.fields[ORIGIN]
        dataset, entry = entry_of((origin["task"], origin["config"], origin["seed"], origin["index"]))
        if entry["question"] != example.fields["question"]:
            raise ValueError("this reasoning-gym makes another item than the one that prepared the data")
        return [_mark(origin["task"], dataset, text.strip(), entry) for text in completions]

    return reward


def _mark(task: str, dataset: Any, text: str, entry: dict[str, Any]) -> Mark:
    """The score clipped to [0, 1], and the text as the answer.

    The scorers give a number and nothing else: 0, 0.01 and 0.05 stand for "cannot be read" in one task and for
    "wrong" in another. So all text counts as an answer, unless the scorer raises on it: it could not read it, 0.
    Blank text earns nothing, though a dozen scorers pay 0.01 to 0.05 for it; so does text that is not `harmless`.
    """
    if not text or not (text == entry["answer"] or harmless(task, text)):
        return Mark(0.0, None)
    try:
        score = float(dataset.score_answer(text, entry))
    except Exception:
        return Mark(0.0, None)
    return Mark(min(1.0, max(0.0, score)) if math.isfinite(score) else 0.0, text)
