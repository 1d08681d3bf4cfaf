"""What a plan says of the curriculum's constraints: whether each limit is predicted to be kept, and what that costs."""

from __future__ import annotations

from curricula.limits import Limited
from domains.frozen import Frozen
from domains.interval import Interval


class LimitForecast(Frozen):
    """One limit under the plan's order."""

    measure: Limited
    domain: str
    bound: float
    """`loss`: the most that all later stages may take from the domain's score. `entropy`: the least entropy of its own
    samples where its stage begins, nats a token."""
    predicted: Interval
    """Of the same, from shrunk effects."""
    kept: float
    """Probability that it is kept, given the probes."""
    excess: float
    """By how much the predicted value, with a margin for how sure it must be, is beyond the bound; else 0."""


class Forecast(Frozen):
    """All limits under the plan's order."""

    limits: tuple[LimitForecast, ...]
    sure: float
    """How probable it must be that each is kept."""
    kept: float
    """Probability that all are kept at once."""
    free: tuple[str, ...]
    """The order that the same rule finds without limits."""
    cost: Interval
    """Predicted total of that one minus the plan's."""

    @property
    def broken(self) -> tuple[LimitForecast, ...]:
        """Limits that the order is not predicted to keep so surely. Where there is one, no order is predicted to keep
        all: this one's excesses sum to the least there can be."""
        return tuple(one for one in self.limits if one.excess)
