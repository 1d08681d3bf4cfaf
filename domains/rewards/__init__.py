"""Rewards: a score in [0, 1] and the answer that was found. One file per reward: its YAML (`…Reward`) and its `build`.

To add a reward: write the file, then name it in `RewardSpec`, in `BUILDERS` and in `VERSIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from domains.errors import DataError
from domains.example import Example
from domains.rewards import code, creative, exact, numeric, pattern, scorer
from domains.rewards.base import Mark, Reward
from domains.rewards.code import CodeReward
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.guard import checked, score_group
from domains.rewards.identity import Version
from domains.rewards.numeric import NumericReward
from domains.rewards.pattern import PatternReward
from domains.rewards.scorer import ScorerReward

RewardSpec = Annotated[
    ExactReward | NumericReward | PatternReward | ScorerReward | CreativeReward | CodeReward,
    Field(discriminator="type"),
]
BUILDERS: dict[str, Callable[[Any, Sequence[Example]], Reward]] = {
    "exact": exact.build,
    "numeric": numeric.build,
    "regex": pattern.build,
    "scorer": scorer.build,
    "creative": creative.build,
    "code": code.build,
}

VERSIONS: dict[str, Version] = {
    "exact": exact.VERSION,
    "numeric": numeric.VERSION,
    "regex": pattern.VERSION,
    "scorer": scorer.VERSION,
    "creative": creative.VERSION,
    "code": code.VERSION,
}
MIX_VERSION = Version(1)
"""Of `build_reward` and `build_mix`, which every reward goes through."""

__all__ = ["BUILDERS", "Mark", "Reward", "RewardSpec", "build_mix", "build_reward", "reward_identity", "score_group"]


def reward_identity(spec: RewardSpec) -> dict[str, object]:
    """What decides this reward's scores: JSON values only, equal wherever the scores are.

    The spec's whole content (with its weight, which decides those of a mix) and the versions of the code. What the
    reward learns from training examples follows from their data, which have an identity of their own.

    A reward whose code the user writes has no number of ours. It will go through here too: its spec names a file
    and a function, its `code` is the SHA-256 of the file's text in place of `Version.content`, and what the file
    imports from elsewhere is the user's to declare.
    """
    code = {"reward": VERSIONS[spec.type].content(), "mix": MIX_VERSION.content()}
    return {"spec": spec.model_dump(mode="json"), "code": code}


def build_reward(spec: RewardSpec, train: Sequence[Example]) -> Reward:
    """The reward that `spec` names; some learn words from `train`. Marks are checked: see `checked`."""
    return checked(spec.type, BUILDERS[spec.type](spec, train))


def build_mix(specs: Sequence[RewardSpec], train: Sequence[Example]) -> Reward:
    """The rewards together: the weighted mean of their scores, and the answer that the first of them found.

    "First" is the curriculum's order; rewards of weight 0 are not even built. A completion counts as stopped where
    any of the rewards was. Raises DataError where all weights are zero.
    """
    total = sum(spec.weight for spec in specs)
    if total <= 0:
        raise DataError("reward weights must not sum to zero", key="rewards", value=total)
    used = [spec for spec in specs if spec.weight > 0]
    weights = [spec.weight / total for spec in used]
    parts = [build_reward(spec, train) for spec in used]

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        columns = [part(completions, example) for part in parts]
        return [_together(weights, marks) for marks in zip(*columns, strict=True)]

    return reward


def _together(weights: Sequence[float], marks: Sequence[Mark]) -> Mark:
    score = sum(weight * mark.score for weight, mark in zip(weights, marks, strict=True))
    parsed = next((mark.parsed for mark in marks if mark.parsed is not None), None)
    return Mark(min(1.0, score), parsed, any(mark.stopped for mark in marks))
