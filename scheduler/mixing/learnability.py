"""More of what is neither mastered nor out of reach, as in TAC's baseline (2606.25178).

A group of completions teaches by the spread of its rewards, whose variance is p·(1 − p) where the pass rate is p.
"""

from __future__ import annotations

from curricula.schema import Adaptive
from scheduler.mixing.seen import Proposal, Seen, normalised


def learnability(seen: Seen, spec: Adaptive) -> Proposal:
    """In proportion to p·(1 − p), p being a domain's mean validation score."""
    rate = seen.scores[-1]
    worth = seen.kept * rate * (1 - rate)
    return Proposal(normalised(worth, seen.even), worth)
