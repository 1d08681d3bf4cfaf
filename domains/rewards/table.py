"""The one table of rewards: what a curriculum may write, what builds it, which version its code has.

To add a reward: write its file, with its YAML (`…Reward`) and its `build`, then name it in `RewardSpec`, in `BUILDERS`
(or `BORROWERS`) and in `VERSIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field

from domains import endpoints
from domains.example import Example
from domains.rewards import code, creative, exact, function, judge, numeric, pattern, reward_model, scorer
from domains.rewards.base import Reward
from domains.rewards.code import CodeReward
from domains.rewards.creative import CreativeReward
from domains.rewards.exact import ExactReward
from domains.rewards.function import FunctionReward
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
    | FunctionReward
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
    "function": function.build,
    "code": code.build,
}
BORROWERS: dict[str, Callable[[Any, Lent], Reward]] = {
    "judge": judge.build,
    "reward_model": reward_model.build,
}
"""Rewards that need what this floor has not. They cost too much to be asked before anything runs."""
READY: dict[str, Callable[[Any], None]] = {"code": code.ready, "judge": judge.ready}
"""What must be there before anything runs, where that is more than the data."""
VERSIONS: dict[str, Version] = {
    "exact": exact.VERSION,
    "numeric": numeric.VERSION,
    "regex": pattern.VERSION,
    "scorer": scorer.VERSION,
    "creative": creative.VERSION,
    "function": function.VERSION,
    "code": code.VERSION,
    "judge": judge.VERSION,
    "reward_model": reward_model.VERSION,
}
MIX_VERSION = Version(1)
"""Of domains/rewards/mix.py, which every reward goes through."""
PLACES = endpoints.PLACES | reward_model.PLACES
"""Keys of rewards that say where something is or how fast it goes. No identity holds them where it is known what is
there."""


def reward_identity(spec: RewardSpec) -> dict[str, object]:
    """What decides this reward's scores: JSON values only, equal wherever the scores are.

    The spec's whole content (with its weight, which decides those of a mix, without its name and without places) and
    the versions of the code. What the reward learns from training examples follows from their data, which have an
    identity of their own. Of a function that the user writes it is the hash of its file and of those declared with it.
    """
    versions = {"reward": VERSIONS[spec.type].content(), "mix": MIX_VERSION.content()}
    if isinstance(spec, FunctionReward):
        return {"spec": function.identity(spec), "code": versions}
    return {"spec": spec.model_dump(mode="json", exclude={"name", *_places(spec)}), "code": versions}


def _places(spec: RewardSpec) -> frozenset[str]:
    """A model of unknown weights is known by its place alone."""
    if isinstance(spec, RewardModelReward) and spec.weights is None:
        return frozenset()
    return PLACES - {"url"} if isinstance(spec, JudgeReward) and spec.weights is None else PLACES
