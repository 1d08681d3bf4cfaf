"""A plan: an order with its reason."""

from __future__ import annotations

from typing import Literal

from domains.frozen import Frozen
from domains.interval import Interval

ProbingStop = Literal["stable", "budget", "exhausted", "incomplete"]


class Transfer(Frozen):
    """B[i→j]: what training on i did to the score on j, from the base model.

    Matrices are (trained, affected), in the order of `domains`. The diagonal is the domain's own gain.
    """

    domains: tuple[str, ...]
    base: tuple[float, ...]
    effects: tuple[tuple[Interval, ...], ...]

    @property
    def mean(self) -> tuple[tuple[float, ...], ...]:
        """The estimates alone, shaped alike."""
        return tuple(tuple(cell.value for cell in row) for row in self.effects)


NO_OTHER_ORDER = Interval.unknown("there is no other order")
"""The margin where there is nothing to compare with."""


class Alternative(Frozen):
    """Another order and its predicted total."""

    order: tuple[str, ...]
    predicted: float


class Audit(Frozen):
    """How far the plan's assumptions held; None where nothing was measured that could tell."""

    saturation: Interval = Interval.unknown("no two-stage path was measured")
    """Mean of score_j(i then j) − score_j(j alone) over measured pairs: 0 if own-stage training saturates."""
    constancy: float | None = None
    """Mean |effect of j on k after i − effect of j on k from base| over measured triples: 0 if constant."""
    constancy_null: float | None = None
    """The same figure if transfer were constant and only items were noisy: compare `constancy` with this."""
    pairs: int = 0
    """Measured depth-2 paths."""
    spearman: float | None = None
    """Rank correlation of predicted and measured totals over the sequential orders that were run."""
    kendall: float | None = None
    orders: int = 0
    """How many orders that correlation rests on."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader."""


class Plan(Frozen):
    """The chosen order, what it should score, by what margin, and how sure that is."""

    order: tuple[str, ...]
    """First to last; domains left out are not in it."""
    left_out: tuple[str, ...] = ()
    how: str = "bwt"
    """The ordering that chose it."""
    predicted: dict[str, float]
    """Predicted score per domain after the last stage."""
    total: float
    """Weighted mean of `predicted`."""
    margin: Interval
    """`total` minus the runner-up's; 0 for a tie, negative where `how` did not choose the best total, missing where
    there is no other order."""
    runner_up: Alternative | None = None
    win_rate: float
    """Share of bootstrap samples in which this order is strictly the best."""
    winners: tuple[Alternative, ...] = ()
    """The most frequent winners over the bootstrap; `predicted` holds their share of wins."""
    precedence: tuple[tuple[float, ...], ...] = ()
    """[i][j]: share of bootstrap samples whose best order puts i before j, in `Transfer.domains` order.

    A tie between the two best orders counts half for both directions; the diagonal is 0.
    """
    identified: bool
    """False when the data do not tell this order from others ("order not identifiable at this budget")."""
    audit: Audit = Audit()
    probes: tuple[tuple[str, ...], ...] = ()
    """Paths of two or more stages that were trained to choose this order, first chosen first (adaptive probing).

    With adaptive probing margin, win rate, winners and precedence rest on the transfer model's posterior, not on a
    bootstrap.
    """
    probing_stop: ProbingStop | None = None
    """Why adaptive probing ended; None without it.

    `stable`: one order is best with the probability asked for; `budget`: it is spent; `exhausted`: no path is left
    that could tell more; `incomplete`: a probe is not finished.
    """
