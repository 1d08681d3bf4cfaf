"""Rewards: a score in [0, 1] and the answer that was found. One file per reward: its YAML (`…Reward`) and its `build`.

To add a reward: write the file, then name it in `RewardSpec`, in `BUILDERS` and in `VERSIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from domains import endpoints
from domains.errors import DataError
from domains.example import Example
from domains.rewards import code, creative, exact, judge, numeric, pattern, reward_model, scorer
from domains.rewards.base import Mark, Reward
from domains.rewards.code import CodeReward
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.guard import checked, score_group
from domains.rewards.identity import Version
from domains.rewards.judge import JudgeReward
from domains.rewards.lent import Lent
from domains.rewards.numeric import NumericReward
from domains.rewards.pattern import PatternReward
from domains.rewards.reward_model import RewardModelReward
from domains.rewards.scorer import ScorerReward

RewardSpec = Annotated[
    ExactReward
    | NumericReward
    | PatternReward
    | ScorerReward
    | CreativeReward
    | CodeReward
    | JudgeReward
    | RewardModelReward,
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
BORROWERS: dict[str, Callable[[Any, Lent], Reward]] = {
    "judge": judge.build,
    "reward_model": reward_model.build,
}
"""Rewards that need what this floor has not. They cost too much to be asked before anything runs."""
READY: dict[str, Callable[[Any], None]] = {"code": code.ready, "judge": judge.ready}
"""What must be there before anything runs, where that is more than the data."""
PLACES = endpoints.PLACES | reward_model.PLACES
"""Keys of rewards that say where something is or how fast it goes, never what it is. No identity holds them."""

VERSIONS: dict[str, Version] = {
    "exact": exact.VERSION,
    "numeric": numeric.VERSION,
    "regex": pattern.VERSION,
    "scorer": scorer.VERSION,
    "creative": creative.VERSION,
    "code": code.VERSION,
    "judge": judge.VERSION,
    "reward_model": reward_model.VERSION,
}
MIX_VERSION = Version(1)
"""Of `build_reward` and `build_mix`, which every reward goes through."""

__all__ = [
    "BORROWERS",
    "BUILDERS",
    "PLACES",
    "Lent",
    "Mark",
    "Reward",
    "RewardSpec",
    "build_mix",
    "build_reward",
    "check_ready",
    "reward_identity",
    "score_group",
]


def reward_identity(spec: RewardSpec) -> dict[str, object]:
    """What decides this reward's scores: JSON values only, equal wherever the scores are.

    The spec's whole content (with its weight, which decides those of a mix) and the versions of the code. What the
    reward learns from training examples follows from their data, which have an identity of their own.

    A reward whose code the user writes has no number of ours. It will go through here too: its spec names a file
    and a function, its `code` is the SHA-256 of the file's text in place of `Version.content`, and what the file
    imports from elsewhere is the user's to declare.
    """
    code = {"reward": VERSIONS[spec.type].content(), "mix": MIX_VERSION.content()}
    return {"spec": spec.model_dump(mode="json", exclude=set(_places(spec))), "code": code}


def _places(spec: RewardSpec) -> frozenset[str]:
    """A reward model of unknown weights is known by its place alone."""
    return frozenset() if isinstance(spec, RewardModelReward) and spec.weights is None else PLACES


def check_ready(spec: RewardSpec) -> None:
    """Raises DataError where what the reward needs is not there, e.g. a sandbox or a key."""
    if spec.type in READY:
        READY[spec.type](spec)


def build_reward(spec: RewardSpec, train: Sequence[Example], lent: Lent | None = None) -> Reward:
    """The reward that `spec` names; some learn words from `train`. Marks are checked: see `checked`."""
    if spec.type in BORROWERS:
        return checked(spec.type, BORROWERS[spec.type](spec, lent or Lent()))
    return checked(spec.type, BUILDERS[spec.type](spec, train))


def build_mix(specs: Sequence[RewardSpec], train: Sequence[Example], lent: Lent | None = None) -> Reward:
    """The rewards together: the weighted mean of their scores, and the answer that the first of them found.

    "First" is the curriculum's order; rewards of weight 0 are not even built. A completion counts as stopped where
    any of the rewards was. Raises DataError where all weights are zero.
    """
    total = sum(spec.weight for spec in specs)
    if total <= 0:
        raise DataError("reward weights must not sum to zero", key="rewards", value=total)
    used = [spec for spec in specs if spec.weight > 0]
    weights = [spec.weight / total for spec in used]
    parts = [build_reward(spec, train, lent) for spec in used]

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        columns = [part(completions, example) for part in parts]
        return [_together(weights, marks) for marks in zip(*columns, strict=True)]

    return reward


def _together(weights: Sequence[float], marks: Sequence[Mark]) -> Mark:
    score = sum(weight * mark.score for weight, mark in zip(weights, marks, strict=True))
    parsed = next((mark.parsed for mark in marks if mark.parsed is not None), None)
    return Mark(min(1.0, score), parsed, any(mark.stopped for mark in marks))
