"""What rewards borrow from whoever runs them: this floor has no store and no networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domains.endpoints import AnswerCache, InMemory, Tally
from domains.errors import StageError
from domains.example import Example

Scores = Callable[[Sequence[str], Example], list[float]]
"""Completions, the item that they answer → what a network gives each, one number that may be of any size."""


def nothing_lent(spec: Any) -> Scores:
    """Where nobody lends networks."""
    raise StageError("reward", "a reward model can only be asked by a worker")


@dataclass(frozen=True)
class Lent:
    """The default remembers nothing and can load nothing."""

    answers: AnswerCache = field(default_factory=InMemory)
    """What endpoints have answered before."""
    tally: Tally = field(default_factory=Tally)
    """Counts what they are asked."""
    network: Callable[[Any], Scores] = nothing_lent
    """A `RewardModelReward` → its network, loaded once."""
