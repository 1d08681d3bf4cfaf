"""The plan from the transfer model: what `make_plan` is after adaptive probing.

Margin, win rate, winners and precedence describe the model's posterior over the candidate orders, not a bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.adaptive import Belief, ProbingState, believe
from scheduler.gaussian import Posterior
from scheduler.measurements import Array, Measurements
from scheduler.plan import NO_OTHER_ORDER, Plan
from scheduler.plan_writer import Standing, write_plan
from scheduler.probing import Outlook, best_shares
from scheduler.statistics import Z
from scheduler.transfer import measure_transfer


def plan_paths(m: Measurements, curriculum: Curriculum, probing: ProbingState, belief: Belief | None = None) -> Plan:
    """The order with the best mean total under the model of the base, the first level and `probing.paths`.

    `belief` is what these paths say, where it is known already.
    """
    belief = belief or believe(m, curriculum, probing.paths)
    now, totals = belief.outlook, belief.outlook.totals
    order = now.orders[0]
    shares = best_shares(totals)
    standing = Standing(
        order=order,
        predicted=belief.model.predict([order])[0],
        rival=now.orders[1] if len(now.orders) > 1 else None,
        rival_total=float(now.mean[1]) if len(now.orders) > 1 else 0.0,
        margin=_margin(totals, m.seeds),
        shares=dict(zip(now.orders, shares.tolist(), strict=True)),
        precedence=_precedence(now, shares, m.domains),
    )
    stop = probing.stop or "incomplete"
    return write_plan(standing, m, measure_transfer(m), curriculum, probes=probing.paths, stop=stop)


def _margin(totals: Posterior, seeds: int) -> Interval:
    """The best order's total minus the runner-up's; orders stand by falling mean."""
    if len(totals.mean) < 2:
        return NO_OTHER_ORDER
    first, across, second = totals.covariance[0, 0], totals.covariance[0, 1], totals.covariance[1, 1]
    reach = Z * float(np.sqrt(max(0.0, first - 2 * across + second)))
    margin = float(totals.mean[0] - totals.mean[1])
    return Interval.of(margin, margin - reach, margin + reach, seeds)


def _precedence(now: Outlook, shares: Array, domains: Sequence[str]) -> Array:
    """Probability that the best order puts i before j."""
    before = np.zeros((len(domains), len(domains)))
    for order, share in zip(now.orders, shares, strict=True):
        at = [domains.index(name) for name in order]
        for place, first in enumerate(at):
            before[first, at[place + 1 :]] += share
    return before
