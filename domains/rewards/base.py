"""What a reward is, and what it says about one completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import Field

from domains.example import Example
from domains.frozen import Frozen


class RewardBase(Frozen):
    """What every reward's YAML may say."""

    type: str
    weight: float = Field(1.0, ge=0)
    """Weight of this reward in the weighted mean that GRPO reinforces."""
    name: str | None = Field(None, min_length=1)
    """Name by which `metric` refers to this reward, where a domain has two of one type."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reward made of one completion. "Wrong" is a score of 0 with a parsed answer, "not found" one without."""

    score: float
    """In [0, 1]."""
    parsed: str | None
    """The answer as text that was found in the completion; None where none was."""
    stopped: bool = False
    """A time limit struck before there was a result; the score is then 0 and nothing was found."""
    abstains: bool = False
    """Not this reward's task: of a mix, the other rewards decide. The score is then 0 and nothing was found. Of a whole
    mix: one of its rewards did so."""
    unread: bool = False
    """What a judge said of it holds no verdict, or one of its two verdicts cannot be read; that one earns nothing."""


Reward = Callable[[Sequence[str], Example], list[Mark]]
"""Marks all rollouts of one prompt (the group) at once: completions, example → one mark each, in their order."""


def found(text: str) -> str | None:
    """`text` as a parsed answer: None where there is nothing but white space."""
    return text if text.strip() else None
