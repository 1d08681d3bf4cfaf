"""The plan from the transfer model: what `make_plan` is after adaptive probing.

All that is said of the order describes the model's posterior over the candidate orders. The model's effects are drawn
towards its prior already, so nothing is shrunk again, and a posterior does not depend on what is chosen by it, so the
contrast with other orders needs no cross-fitting.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from math import factorial

import numpy as np

from curricula.schema import Curriculum
from scheduler.evidence.claims import harms
from scheduler.evidence.effects import Finding, by_posterior, normal
from scheduler.measurements import Array, Measurements, Path, without
from scheduler.orderings.random import random_orders
from scheduler.plan import NO_OTHER_ORDER, Harm, Plan, Worth
from scheduler.planning.plan_writer import OrderStanding, write_plan
from scheduler.probing.adaptive import Belief, ProbingState, believe
from scheduler.probing.candidates import candidate_orders
from scheduler.probing.knowledge_gradient import SAMPLES, Outlook, best_shares, outlook
from scheduler.probing.probes import known_left_out
from scheduler.statistics.gaussian import Posterior
from scheduler.transfer_model import PathModel

MOST_TYPICAL = 120
"""Orders that stand for all of them where there are more."""


def plan_paths(m: Measurements, curriculum: Curriculum, probing: ProbingState, belief: Belief | None = None) -> Plan:
    """The order with the best mean total under the model of the base, the first level and `probing.paths`.

    `belief` is what these paths say, where it is known already.
    """
    model = (belief or believe(m, curriculum, probing.paths)).model
    spec, kept = curriculum.schedule, without(m.domains, known_left_out(curriculum))
    found = _harms(model, m, kept) if spec.leave_out == "auto" else ()
    kept = without(kept, [harm.domain for harm in found if harm.left_out])
    now = outlook(model, (), candidate_orders(model, kept, m.weights), m.weights)
    shares, order = best_shares(now.totals), now.orders[0]
    alone = len(now.orders) < 2
    standing = OrderStanding(
        order=order,
        predicted=model.predict([order])[0],
        rival=None if alone else now.orders[1],
        rival_total=0.0 if alone else float(now.mean[1]),
        margin=NO_OTHER_ORDER if alone else _contrast(model, m, order, [now.orders[1]]).gain,
        shares=dict(zip(now.orders, shares.tolist(), strict=True)),
        precedence=_precedence(now, shares, m.domains),
        judge=by_posterior(model.effects(), m.seeds),
        worth=None if alone else _worth(model, m, now, curriculum.data_seed),
        harms=found,
    )
    return write_plan(standing, m, curriculum, probes=probing.paths, stop=probing.stop or "incomplete")


def _harms(model: PathModel, m: Measurements, kept: Path) -> tuple[Harm, ...]:
    """Which domains to leave out, by the best orders with and without each."""

    def best(names: Path) -> Path:
        orders = candidate_orders(model, names, m.weights)
        return orders[int(np.argmax(np.round(model.predict(orders) @ m.weights, 9)))]

    def gain(names: Path, name: str) -> Finding:
        return _contrast(model, m, best(without(names, [name])), [best(names)])

    return harms(kept, gain, m.seeds)


def _worth(model: PathModel, m: Measurements, now: Outlook, seed: int) -> Worth:
    """Regrets and contrasts of the best order under the posterior."""
    order, typical = now.orders[0], _typical(now.orders[0], seed)
    draws = now.totals.sample(SAMPLES, np.random.default_rng(0))
    best = float(draws.max(axis=1).mean())
    return Worth(
        regret=max(0.0, best - float(draws[:, 0].mean())),
        random_regret=max(0.0, best - float((model.predict(typical) @ m.weights).mean())),
        over_mean=_contrast(model, m, order, typical).gain,
        over_reverse=_contrast(model, m, order, [order[::-1]]).gain,
    )


def _typical(order: Path, seed: int) -> Sequence[Path]:
    """All orders of these domains, or as many random ones as stand for them."""
    if factorial(len(order)) <= MOST_TYPICAL:
        return list(permutations(sorted(order)))
    return random_orders(order, seed, MOST_TYPICAL)


def _contrast(model: PathModel, m: Measurements, order: Path, others: Sequence[Path]) -> Finding:
    """The total of `order` minus the mean total of the others."""
    totals: Posterior = model.totals([order, *others], m.weights)
    row = np.array([1.0, *[-1 / len(others)] * len(others)])
    return normal(float(row @ totals.mean), float(row @ totals.covariance @ row), m.seeds)


def _precedence(now: Outlook, shares: Array, domains: Sequence[str]) -> Array:
    """Probability that the best order puts i before j."""
    before = np.zeros((len(domains), len(domains)))
    for order, share in zip(now.orders, shares, strict=True):
        at = [domains.index(name) for name in order]
        for place, first in enumerate(at):
            before[first, at[place + 1 :]] += share
    return before
