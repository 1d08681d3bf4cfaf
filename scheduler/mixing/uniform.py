"""Joint training cut into rounds: what choosing is worth is seen against it."""

from __future__ import annotations

from curricula.schema import Adaptive
from scheduler.mixing.seen import Proposal, Seen


def uniform(seen: Seen, spec: Adaptive) -> Proposal:
    """The shares of joint training, in every round."""
    return Proposal(seen.even, seen.even)
