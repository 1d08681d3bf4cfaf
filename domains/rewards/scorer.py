"""reasoning-gym's own scorer for the task."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Literal

from pydantic import Field

from domains.apart.pool import Outcome, pool_of
from domains.apart.worker import Service
from domains.errors import DataError, StageError
from domains.example import Example
from domains.rewards.base import Mark, Reward, RewardBase
from domains.rewards.harmless import harmless
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, never
from domains.sources.reasoning_gym import ORIGIN, regenerate

GENEROUS = frozenset({"game_of_life_halting"})
"""Tasks whose scorer compares truth values of texts, so that anything is right (reasoning-gym 0.1.25)."""
MEMORY = 8 << 30
"""Bytes of address space for the scorers."""
MOST = 4
"""Processes side by side, where completions are hard."""


VERSION = Version(2, ("reasoning-gym",))


class ScorerReward(RewardBase):
    """`score_answer` of the reasoning-gym task that made the example."""

    type: Literal["scorer"]
    limit: float = Field(2.0, gt=0, le=600)
    """Seconds of processor time for one completion; what takes longer scores 0 and is counted as stopped."""


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

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        texts = [text.strip() for text in completions]
        asked = [text for text in dict.fromkeys(texts) if text]
        tasks = [[example.fields[ORIGIN], example.fields["question"], text] for text in asked]
        outcomes = pool_of(Service(serve, memory=MEMORY, name="scorer"), MOST).run(tasks, spec.limit)
        marks = {text: _mark(text, one) for text, one in zip(asked, outcomes, strict=True)}
        return [marks.get(text, Mark(0.0, None)) for text in texts]

    return reward


def _mark(text: str, outcome: Outcome) -> Mark:
    """The score clipped to [0, 1], and the text as the answer.

    The scorers give a number and nothing else: 0, 0.01 and 0.05 stand for "cannot be read" in one task and for
    "wrong" in another. So all text counts as an answer, unless the scorer raises on it: it could not read it, 0.
    Blank text earns nothing, though a dozen scorers pay 0.01 to 0.05 for it; so does text that is not `harmless`.
    """
    if outcome.failure:
        raise StageError("reward", f"scorer failed: {outcome.failure}")
    if outcome.stopped or outcome.died:
        return Mark(0.0, None, stopped=True)
    if outcome.value is None:
        return Mark(0.0, None)
    return Mark(min(1.0, max(0.0, outcome.value)), text)


def serve(setup: None) -> Callable[[list[Any]], Callable[[], float | None]]:
    """For a process apart: task ``[origin, question, text]`` → the scorer's number, 0 for nan; None: not read."""

    @lru_cache(maxsize=16384)
    def entry_of(origin: tuple[str, str, int, int]) -> tuple[Any, dict[str, Any]]:
        return regenerate(*origin)

    def prepare(task: list[Any]) -> Callable[[], float | None]:
        origin, question, text = task
        dataset, entry = entry_of((origin["task"], origin["config"], origin["seed"], origin["index"]))
        if entry["question"] != question:
            raise ValueError("this reasoning-gym makes another item than the one that prepared the data")
        return partial(_score, origin["task"], dataset, text, entry)

    return prepare


def _score(task: str, dataset: Any, text: str, entry: dict[str, Any]) -> float | None:
    if not (text == entry["answer"] or harmless(task, text)):
        return None
    try:
        score = float(dataset.score_answer(text, entry))
    except Exception:
        return None
    return score if math.isfinite(score) else 0.0


KIND = RewardKind(spec=ScorerReward, version=VERSION, compares=never, build=build, packages=("reasoning-gym",))
