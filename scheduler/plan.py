"""A plan: an order with its reason."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domains.frozen import Frozen
from domains.interval import Interval
from scheduler.plan_limits import Forecast


class Effects(Frozen):
    """What training on i did to some measure of j, from the base model.

    Matrices are (trained, affected), in the order of `domains`.
    """

    domains: tuple[str, ...]
    base: tuple[float, ...]
    effects: tuple[tuple[Interval, ...], ...]
    groups: dict[str, tuple[str, ...]] = Field({}, exclude_if=lambda groups: not groups)
    """Domains that were probed together: a member's row is its group's, but for the members' effects on each other,
    which are missing."""

    @property
    def mean(self) -> tuple[tuple[float, ...], ...]:
        """The estimates alone, shaped alike; 0 where there is none."""
        return tuple(tuple(cell.estimate or 0.0 for cell in row) for row in self.effects)


class Transfer(Effects):
    """B[i→j]: effects on scores. The diagonal is the domain's own gain."""

    shrunk: tuple[tuple[float, ...], ...]
    """The effects pulled towards their mean as far as they are noise: what predictions rest on."""


NO_OTHER_ORDER = Interval.unknown("there is no other order")
"""The margin where there is nothing to compare with."""
NO_OTHER_WITHIN = Interval.unknown("no other order keeps to the limits as it does")
"""The same where only limits leave no other."""


class Alternative(Frozen):
    """Another order and its predicted total."""

    order: tuple[str, ...]
    predicted: float


class Precedence(Frozen):
    """What training `first` before `second` gains over the other way round, whatever else is trained.

    Domains, or groups that were probed together: then all members of the one before all of the other.
    """

    first: str
    second: str
    gain: Interval
    """w_first·B[second→first] − w_second·B[first→second], in the total; not negative, `first` is chosen so."""
    p: float
    p_adjusted: float
    """By Holm over all pairs."""
    identified: bool
    """`p_adjusted` is at most 0.05, there were two seeds or more (one run cannot tell effects from luck), and
    the stages of both taught something."""


class OwnGain(Frozen):
    """What a domain's own stage does to its own score, B[j→j]."""

    domain: str
    base: float
    """Its score before any stage."""
    gain: Interval
    p: float
    p_adjusted: float
    """By Holm over the domains whose stages taught something; 1 for others."""
    group: str | None = Field(None, exclude_if=lambda group: group is None)
    """The group that it was probed with: the gain is by a stage of which it had a part. None: by its own stage."""
    nothing: str | None = None
    """Why its stage taught nothing; None where it taught something. Such a stage's gain is not tested; it is 0 where
    the weights did not move."""

    @property
    def raised(self) -> bool:
        """Whether its stage surely raises its score; with one seed: on these items, by this run."""
        return self.gain.value > 0 and self.p_adjusted <= 0.05


class Harm(Frozen):
    """What leaving a domain out gains (`leave_out: auto`): the best order without it minus the best one with it."""

    domain: str
    gain: Interval
    p: float
    p_adjusted: float
    """By Holm over the domains that were still trained."""
    left_out: bool


class Worth(Frozen):
    """What choosing the order is worth, in the total."""

    regret: float
    """Expected distance of the chosen order from the best one."""
    random_regret: float
    """The same of a random order."""
    over_mean: Interval
    """The rule's order minus the mean of all orders; chosen on other seeds and other items than it is judged on."""
    over_reverse: Interval
    """The rule's order minus its reverse, likewise."""


Advice = Literal["stage", "mix", "either"]


class Candidate(Frozen):
    """One way to spend the budget."""

    name: str
    """``sequential`` and ``cumulative`` (the plan's order), ``joint``, ``joint, then x`` (a last stage of its own)."""
    predicted: Interval
    """Total; of what is known about effects and repair."""
    best: float
    """Probability that it is the best of the candidates."""


class Reason(Frozen):
    """What decides the predicted difference between the best staged candidate and joint training; the scores are
    expected ones."""

    domain: str
    """The domain that adds most to the gain, or takes most where it is a loss; of a last stage after joint training
    that gains, its domain."""
    worth: float
    """What it adds to the gain."""
    others: float
    """What all others add together."""
    stage: str | None = None
    """The stage without it that moves its score most: before its own training ends where staging gains, after it where
    staging loses. None where no such stage moves it."""
    change: float | None = None
    """By how much."""


class Mixing(Frozen):
    """Whether to stage at all: the best staged candidate against joint training, as scheduler/prediction/dynamics.py
    predicts."""

    candidates: tuple[Candidate, ...]
    """The best predicted first."""
    staged: str
    """The candidate with the best predicted total that is not plain joint training."""
    gain: Interval
    """Its total minus joint training's."""
    chance: float
    """Probability that the gain is above 0."""
    advice: Advice
    """`either`: the gain is surely within `comparison.rope` of 0."""
    sure: bool
    """Whether the gain's interval excludes 0, and no probe stood for a group."""
    regret: float
    """Expected loss of following the sign of the gain."""
    repair: Interval
    """How fast own training undoes what others' training did; 0: never, large: at once."""
    exposure: Interval
    """How much of others' effects reaches a domain while it is trained itself, 0 to 1."""
    probed: bool
    """Whether a joint probe told repair and exposure; else they are anywhere in a wide range."""
    fit: float | None = None
    """p of the joint probe's scores under the best of what is believed; small: the dynamics do not hold here."""
    rope: float | None = None
    """`comparison.rope`."""
    reason: Reason | None = None


class Departure(Frozen):
    """How far something that should be 0 is from it, over many cells at once."""

    size: float | None = None
    """Root mean square over cells; None where nothing was measured."""
    noise: float | None = None
    """What noise alone gives on average."""
    p: float | None = None
    """Share of what noise alone gives that is at least as large."""
    detectable: float | None = None
    """A true size that would be seen (p ≤ 0.05) in four of five runs."""
    cells: int = 0
    missing: str | None = None
    """Why it could not be tested."""

    @property
    def sure(self) -> bool:
        """Whether it is more than noise."""
        return self.p is not None and self.p <= 0.05


class Audit(Frozen):
    """How far the plan's assumptions held."""

    saturation: Departure = Departure(missing="no two-stage path was measured")
    """score_j(i then j) − score_j(j alone), 0 if own-stage training saturates: root mean square over pairs."""
    gap: Interval = Interval.unknown("no two-stage path was measured")
    """The mean of the same: on which side of 0 it lies. Where signs differ they cancel, so this is no test."""
    constancy: Departure = Departure(missing="no two-stage path was measured")
    """(Effect of j on k after i) − (effect of j on k from the base), 0 if constant: root mean square over triples."""
    pairs: int = 0
    """Measured depth-2 paths."""
    rank: int | None = None
    """The order's place by measured total among all orders of its domains; None unless all of them were run."""
    orders: int = 0
    """How many orders of its domains were run."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader."""


class Plan(Frozen):
    """The chosen order, what it should score, and how sure that is.

    What is claimed are `precedences`, `own_gains`, `worth` and `harms`.
    """

    order: tuple[str, ...]
    """First to last; domains left out are not in it."""
    groups: dict[str, tuple[str, ...]] = Field({}, exclude_if=lambda groups: not groups)
    """Domains that were probed together, as they are written: a member has its group's effects on all others, which is
    no measurement of the member."""
    left_out: tuple[str, ...] = ()
    how: str = "bwt"
    """The ordering that chose it."""
    predicted: dict[str, float]
    """Predicted score per domain after the last stage, from shrunk effects."""
    total: float
    """Weighted mean of `predicted`."""
    precedences: tuple[Precedence, ...] = ()
    """Every pair of trained domains, the surest first."""
    own_gains: tuple[OwnGain, ...] = ()
    """Every domain, in the curriculum's order."""
    own_gain: Interval = Interval.unknown("no own gain was measured")
    """Their mean by weight over the domains that some seed taught something (those without `nothing`): whether anything
    learns here at all."""
    worth: Worth | None = None
    """None where there is no other order."""
    mixing: Mixing | None = None
    """Whether to stage at all; None where there is one domain."""
    constraints: Forecast | None = Field(None, exclude_if=lambda forecast: forecast is None)
    """How the order is predicted to keep the curriculum's constraints; None where it has none."""
    harms: tuple[Harm, ...] = ()
    """With `leave_out: auto`: every domain as it was last tested; else empty."""
    margin: Interval
    """The order's total minus the runner-up's, as measured; 0 for a tie, negative where `how` did not choose the best
    total, missing where there is no other order. The runner-up differs by the weakest swap, so this is no claim."""
    runner_up: Alternative | None = None
    win_rate: float
    """Probability that this order is strictly the best, given the probes."""
    winners: tuple[Alternative, ...] = ()
    """The orders that are most probably the best; `predicted` holds that probability."""
    precedence: tuple[tuple[float, ...], ...] = ()
    """[i][j]: probability that the best order puts i before j, in `Transfer.domains` order.

    A tie between the two best orders counts half for both directions; the diagonal is 0. Within a group it is
    no claim.
    """
    audit: Audit = Audit()

    @property
    def identified(self) -> tuple[Precedence, ...]:
        """The precedences that the data identify."""
        return tuple(found for found in self.precedences if found.identified)
