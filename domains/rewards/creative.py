"""Well-formed and new: the hybrid reward of creative domains."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class CreativeReward(Frozen):
    """Form (or fluency) × novelty within the rollout group. Resists empty, copied, repeated and uniform rollouts."""

    type: Literal["creative"]
    weight: float = Field(1.0, ge=0)
    form: str | None = None
    """Regular expression that the whole completion must match; default: words and punctuation ending in . ! or ?"""
    min_words: int = Field(3, gt=0)
    vocabulary: bool = True
    """Fluency: share of words that occur in the domain's training answers."""
