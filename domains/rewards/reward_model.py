"""A network that was trained to say how good an answer is. Loaded where torch is known: see `Lent.network`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from domains.at_key import at_key
from domains.example import Example
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, never
from domains.rewards.lent import Lent

VERSION = Version(2, ("transformers",))
PLACES = frozenset({"id", "revision"})
"""Say where the weights are, and nothing more once `weights` says which."""


class RewardModelReward(RewardBase):
    """What a sequence classifier with one output makes of prompt and completion."""

    type: Literal["reward_model"]
    id: str = Field(min_length=1)
    """A folder, from the curriculum's, or the id of a model on the hub."""
    revision: str | None = None
    """Commit, tag or branch of the hub."""
    weights: str | None = None
    """Hash of the folder's files or the hub's commit, filled in by stagewise; where it is written, other weights are
    refused."""
    chat: Literal["auto", "on", "off"] = "auto"
    """Show it prompt and completion as a conversation by its chat template, where it has one; else as one text."""
    range: tuple[float, float] | None = None
    """The network's outputs that mean 0 and 1; beyond them the score stays 0 and 1. null: a sigmoid of the output."""
    max_tokens: int | None = Field(None, gt=0)
    """Longest text that it is shown, cut at the front; default: as much as it was made for."""

    @model_validator(mode="after")
    def _rising(self) -> RewardModelReward:
        if self.range is not None and not self.range[0] < self.range[1]:
            raise at_key("range", "the first number must be below the second")
        return self


def identity(spec: RewardModelReward) -> dict[str, object]:
    """Without the place of weights that are known; those of others are known by their place alone."""
    return spec.model_dump(mode="json", exclude={"name", *(() if spec.weights is None else PLACES)})


def build(spec: RewardModelReward, lent: Lent) -> Reward:
    """The network's output on each completion, brought into [0, 1]. Blank completions are shown to it too."""
    scores = lent.network(spec)

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        given = scores(completions, example)
        return [Mark(scaled(raw, spec.range), found(text)) for raw, text in zip(given, completions, strict=True)]

    return reward


def scaled(raw: float, ends: tuple[float, float] | None) -> float:
    """`raw` between `ends`, clipped to [0, 1]; without them its sigmoid. ValueError where it is not a number."""
    if not math.isfinite(raw):
        raise ValueError(f"the network gave {raw}")
    if ends is None:
        return 1 / (1 + math.exp(-raw)) if raw >= 0 else math.exp(raw) / (1 + math.exp(raw))
    return min(1.0, max(0.0, (raw - ends[0]) / (ends[1] - ends[0])))


KIND = RewardKind(
    spec=RewardModelReward,
    version=VERSION,
    compares=never,
    borrow=build,
    identity=identity,
    packages=("torch", "transformers"),
)
