"""Writes plans: what is known of an order, made into a `Plan`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.evidence.audit import audit
from scheduler.evidence.claims import mean_own_gain, own_gains, precedences
from scheduler.evidence.effects import Judge
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan import Alternative, Harm, Plan, Worth
from scheduler.plan_limits import Forecast

SHOWN_WINNERS = 5


@dataclass(frozen=True, eq=False)
class OrderStanding:
    """How an order stands among all that could have been chosen."""

    order: Path
    predicted: Array
    """Score of each domain after it, (domains,)."""
    rival: Path | None
    """The best other order; None where there is none."""
    rival_total: float
    margin: Interval
    """The order's total minus the rival's; missing without a rival."""
    shares: Mapping[Path, float]
    """Order → how probably it is the best, 0 to 1; of equal shares the first written is shown first."""
    precedence: Array
    """How probably the best order puts i before j, (domains, domains)."""
    judge: Judge
    """What is known of sums of effects."""
    worth: Worth | None
    harms: tuple[Harm, ...]
    forecast: Forecast | None
    """How it keeps the limits; None without any."""


def write_plan(standing: OrderStanding, m: Measurements, curriculum: Curriculum) -> Plan:
    """The plan with its audit."""
    order, judge = standing.order, standing.judge
    ranked = sorted(standing.shares.items(), key=lambda item: -item[1])[:SHOWN_WINNERS]
    plan = Plan(
        order=order,
        left_out=tuple(name for name in m.domains if name not in order),
        how=curriculum.schedule.order,
        predicted=dict(zip(m.domains, standing.predicted.tolist(), strict=True)),
        total=float(m.weights @ standing.predicted),
        groups=dict(m.groups),
        precedences=precedences(m.domains, m.weights, order, judge, m.seeds, m.idle, m.groups),
        own_gains=own_gains(m.domains, m.mean(()), judge, m.idle, m.groups),
        own_gain=mean_own_gain(m.domains, m.weights, judge, m.idle),
        worth=standing.worth,
        constraints=standing.forecast,
        harms=standing.harms,
        margin=standing.margin,
        runner_up=Alternative(order=standing.rival, predicted=standing.rival_total) if standing.rival else None,
        win_rate=standing.shares.get(order, 0.0),
        winners=tuple(Alternative(order=winner, predicted=share) for winner, share in ranked if share > 0),
        precedence=tuple(tuple(row) for row in standing.precedence.tolist()),
    )
    return plan.model_copy(update={"audit": audit(plan, m, curriculum.schedule)})
