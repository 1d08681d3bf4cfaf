"""How answers are drawn from a model that is examined."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class Sampling(Frozen):
    """Several completions are drawn per prompt; an item's score is their mean.

    Reinforcement sharpens the distribution of answers, which greedy decoding cannot show: it sees the likeliest one
    alone.
    """

    samples: int = Field(4, ge=1, le=1000)
    """Completions per prompt."""
    temperature: float = Field(1.0, gt=0, le=100)
    """Softmax temperature of the draws; there is no top-k or top-p."""


Decoding = Sampling | Literal["greedy"]
"""`greedy` is one completion, always the likeliest token."""
