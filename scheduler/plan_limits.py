"""What a plan says of the curriculum's constraints: whether each limit is predicted to be kept, and what that costs."""

from __future__ import annotations

from curricula.limits import Limited
from domains.frozen import Frozen
from domains.interval import Interval

ROUNDING = 1e-9
"""What is above a limit by less is at it."""


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

    @property
    def excess(self) -> float:
        """By how much the predicted value breaks the limit; 0 where it does not."""
        above = self.predicted.value - self.bound if self.measure == "loss" else self.bound - self.predicted.value
        return above if above > ROUNDING else 0.0


class Forecast(Frozen):
    """All limits under the plan's order."""

    limits: tuple[LimitForecast, ...]
    kept: float
    """Probability that all are kept at once."""
    free: tuple[str, ...]
    """The order that the same rule finds without limits."""
    cost: Interval
    """Predicted total of that one minus the plan's."""

    @property
    def broken(self) -> tuple[LimitForecast, ...]:
        """Limits that the order is not predicted to keep. Where there is one, no order is predicted to keep all: this
        one's excesses sum to the least there can be."""
        return tuple(one for one in self.limits if one.excess)
