"""What rewards borrow from whoever runs them: this floor has no store and no networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domains.endpoints import Answers, InMemory, Tally
from domains.errors import StageError

Scores = Callable[[Sequence[str], str], list[float]]
"""Completions, prompt → what a network gives each, one number that may be of any size."""


def nothing_lent(spec: Any) -> Scores:
    """Where nobody lends networks."""
    raise StageError("reward", "a reward model can only be asked by a worker")


@dataclass(frozen=True)
class Lent:
    """The default remembers nothing and can load nothing."""

    answers: Answers = field(default_factory=InMemory)
    """What endpoints have answered before."""
    tally: Tally = field(default_factory=Tally)
    """Counts what they are asked."""
    network: Callable[[Any], Scores] = nothing_lent
    """A `RewardModelReward` → its network, loaded once."""
