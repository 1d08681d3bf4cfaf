"""The plan from the transfer model: what `make_plan` is after adaptive probing.

Margin, win rate, winners and precedence describe the model's posterior over the candidate orders, not a bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.adaptive import ProbingState, believe
from scheduler.audit import audit
from scheduler.gaussian import Posterior
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan import NO_OTHER_ORDER, Alternative, Plan
from scheduler.probing import Outlook, best_shares
from scheduler.statistics import Z
from scheduler.transfer import measure_transfer

SHOWN_WINNERS = 5


def plan_paths(m: Measurements, curriculum: Curriculum, probing: ProbingState) -> Plan:
    """The order with the best mean total under the model of the base, the first level and `probing.paths`."""
    belief = believe(m, curriculum, probing.paths)
    now, totals = belief.outlook, belief.outlook.totals
    order = now.orders[0]
    shares = best_shares(totals)
    margin = _margin(totals, m.seeds)
    predicted = belief.model.predict([order])[0]
    plan = Plan(
        order=order,
        left_out=tuple(name for name in m.domains if name not in order),
        predicted=dict(zip(m.domains, predicted.tolist(), strict=True)),
        total=float(now.mean[0]),
        margin=margin,
        runner_up=Alternative(order=now.orders[1], predicted=float(now.mean[1])) if len(now.orders) > 1 else None,
        win_rate=float(shares[0]),
        winners=_winners(now, shares),
        precedence=_precedence(now, shares, m.domains),
        identified=margin.sign > 0 and float(shares[0]) >= 0.5,
        probes=probing.paths,
        probing_stop=probing.stop or "incomplete",
    )
    return plan.model_copy(update={"audit": audit(plan, measure_transfer(m), m, curriculum.schedule)})


def _margin(totals: Posterior, seeds: int) -> Interval:
    """The best order's total minus the runner-up's; orders stand by falling mean."""
    if len(totals.mean) < 2:
        return NO_OTHER_ORDER
    first, across, second = totals.covariance[0, 0], totals.covariance[0, 1], totals.covariance[1, 1]
    reach = Z * float(np.sqrt(max(0.0, first - 2 * across + second)))
    margin = float(totals.mean[0] - totals.mean[1])
    return Interval.of(margin, margin - reach, margin + reach, seeds)


def _winners(now: Outlook, shares: Array) -> tuple[Alternative, ...]:
    ranked = np.argsort(-shares, kind="stable")[:SHOWN_WINNERS]
    return tuple(Alternative(order=now.orders[at], predicted=float(shares[at])) for at in ranked if shares[at] > 0)


def _precedence(now: Outlook, shares: Array, domains: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """Probability that the best order puts i before j."""
    before = np.zeros((len(domains), len(domains)))
    for order, share in zip(now.orders, shares, strict=True):
        at = [domains.index(name) for name in order]
        for place, first in enumerate(at):
            before[first, at[place + 1 :]] += share
    return tuple(tuple(row) for row in before.tolist())


def predicted_totals(m: Measurements, curriculum: Curriculum, plan: Plan, orders: Sequence[Path]) -> Array:
    """What the model behind `plan` expects of these orders, (orders,)."""
    return np.asarray(believe(m, curriculum, plan.probes).model.predict(orders) @ m.weights)
