"""The completion is the reference answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from domains.example import Example
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind, always
from domains.rewards.within import Extract, within

VERSION = Version(1)


class ExactReward(RewardBase):
    """1 where the completion equals the answer, else 0."""

    type: Literal["exact"]
    strip: bool = True
    """Ignore white space at both ends."""
    case: bool = True
    """Upper and lower case differ."""
    extract: Extract | None = None
    """Where the answer stands in a completion: a regular expression with one group; default: the whole completion."""


def build(spec: ExactReward, train: Sequence[Example]) -> Reward:
    """Equality after the normalisation that `spec` asks for. Whatever is not blank counts as an answer."""

    def normal(text: str) -> str:
        text = text.strip() if spec.strip else text
        return text if spec.case else text.casefold()

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        gold = normal(example.reference)
        return [Mark(float(text == gold), found(text)) for text in map(normal, completions)]

    return within(spec.extract, reward)


KIND = RewardKind(spec=ExactReward, version=VERSION, compares=always, build=build)
