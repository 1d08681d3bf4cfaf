"""A bandit: more of the domain whose own score rose most of late, whatever made it rise."""

from __future__ import annotations

import numpy as np

from curricula.schema import Adaptive
from scheduler.measurements import Array
from scheduler.mixing.seen import Proposal, Seen

MEMORY = 0.5
"""What the slope of the round before counts, against the last one's."""
SHARPNESS = 2.0
"""The softmax is over slopes as multiples of the largest in size, times this."""


def slope(seen: Seen, spec: Adaptive) -> Proposal:
    """A softmax over the gain of each domain's score for as much training as its own probe has; at first as joint.

    A gain is from reading to reading, and is held against what the round alone brings to the second one; on paths over
    several stages what the first was read off after is in it too.
    """
    slopes = _slopes(seen)
    largest = float(np.abs(slopes).max())
    odds = seen.even * np.exp(SHARPNESS * slopes / largest) if largest > 0 else seen.even
    return Proposal(odds / odds.sum(), slopes)


def _slopes(seen: Seen) -> Array:
    """(domains,): a running mean over rounds; 0 before the first."""
    amounts = seen.shares * seen.reading[: seen.done]
    gains = np.diff(seen.scores, axis=0)
    each = np.where(amounts > 0, gains / np.where(amounts > 0, amounts, 1.0), 0.0)
    found = np.zeros(len(seen.even))
    for at, last in enumerate(each):
        found = last if at == 0 else MEMORY * found + (1 - MEMORY) * last
    return found
