"""The completion matches a regular expression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, field_validator

from domains.example import Example
from domains.patterns import compiled, full_match
from domains.rewards.base import Mark, Reward, RewardBase, found
from domains.rewards.identity import Version
from domains.rewards.kind import RewardKind

VERSION = Version(1)


class PatternReward(RewardBase):
    """1 where the whole completion matches `pattern`; a group named ``answer`` must equal the answer."""

    type: Literal["regex"]
    pattern: str = Field(min_length=1)

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        compiled(pattern)
        return pattern


def build(spec: PatternReward, train: Sequence[Example]) -> Reward:
    """Full match (``.`` stops at line ends); a group ``answer`` must hold the reference.

    The answer that was found is that group, or the whole match where the pattern has no such group. A match that
    takes longer than `domains.patterns.LIMIT` is stopped.
    """
    pattern = compiled(spec.pattern)
    captures = "answer" in pattern.groupindex

    def mark(text: str, gold: str) -> Mark:
        try:
            match = full_match(pattern, text)
        except TimeoutError:
            return Mark(0.0, None, stopped=True)
        if match is None:
            return Mark(0.0, None)
        if not captures:
            return Mark(1.0, match[0])
        answer = (match["answer"] or "").strip()
        return Mark(float(answer == gold), found(answer))

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        return [mark(text, example.reference.strip()) for text in completions]

    return reward


KIND = RewardKind(
    spec=PatternReward,
    version=VERSION,
    compares=lambda spec: "pattern" if "(?P<answer>" in spec.pattern else None,
    build=build,
    slow="The expression backtracks: let no two of its parts match the same text.",
)
