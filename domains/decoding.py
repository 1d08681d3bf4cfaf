"""How answers are drawn from a model that is examined."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen


class Sampling(Frozen):
    """Several completions a prompt; an item's score is their mean.

    Greedy decoding hides what reinforcement does: it sharpens the distribution, and the mode is the mode already.
    """

    samples: int = Field(4, ge=1, le=1000)
    """Completions a prompt."""
    temperature: float = Field(1.0, gt=0, le=100)
    """Of the softmax that they are drawn from; nothing is cut off it."""


Decoding = Sampling | Literal["greedy"]
"""`greedy` is one completion, always the likeliest token."""
