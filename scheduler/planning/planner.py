"""From measurements to a plan: the order, what it should score, and how sure that is.

The order is the best one as measured (or another rule's); what it should score rests on shrunk effects, since the best
of many is chosen by its noise too (scheduler/statistics/shrinkage.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from curricula.schema import Curriculum
from scheduler.arms import unmeasured_input
from scheduler.composing.left_out import known_left_out
from scheduler.evidence.claims import harms
from scheduler.evidence.crossfit import doubled, over_mean
from scheduler.evidence.effects import Finding, Judge, by_probes
from scheduler.evidence.transfer import margin_variance, mean_transfer, shrunk_transfer, total_effects
from scheduler.grouping import written_before
from scheduler.linear_ordering.best_orders import solve
from scheduler.linear_ordering.exact import Solutions
from scheduler.measurements import Array, Measurements, Path, without
from scheduler.orderings import BLIND, ORDERINGS, OrderingInput
from scheduler.plan import NO_OTHER_ORDER, NO_OTHER_WITHIN, Harm, Plan, Worth
from scheduler.planning.draws import drawn
from scheduler.planning.limits import forecast, limits_in
from scheduler.planning.plan_writer import OrderStanding, write_plan
from scheduler.prediction.predict import counted, predict
from scheduler.prediction.regret import regrets
from scheduler.statistics.shrinkage import Shrunk


def ordering_input(m: Measurements, curriculum: Curriculum, delta_entropy: Mapping[str, float | None]) -> OrderingInput:
    """What the probes say, for the orderings; `delta_entropy` may lack domains."""
    return OrderingInput(
        domains=m.domains,
        kinds=tuple(curriculum.domains[name].kind for name in m.domains),
        weights=m.weights,
        base=m.mean(()),
        transfer=mean_transfer(m),
        margin_variance=margin_variance(m),
        worth=total_effects(m),
        groups=tuple(m.groups.values()),
        delta_entropy=tuple(delta_entropy.get(name) for name in m.domains),
        limits=limits_in(m, curriculum),
        given=unmeasured_input(curriculum).given,
        seed=curriculum.data_seed,
    )


def make_plan(
    m: Measurements,
    curriculum: Curriculum,
    delta_entropy: Mapping[str, float | None],
    *,
    resamples: int = 2000,
    seed: int = 0,
) -> Plan:
    """The curriculum's ordering applied to these measurements.

    Whatever chose the order, its margin over the runner-up, its probability of being the best and its expected regret
    say how it stands among all orders of the same domains; with limits, among those that keep them as it does.
    """
    spec, judge = curriculum.schedule, by_probes(m)
    data, shrunk = ordering_input(m, curriculum, delta_entropy), shrunk_transfer(m)
    kept = without(data.domains, known_left_out(curriculum))
    found = _harms(m, data, kept, judge) if spec.leave_out == "auto" else ()
    space = data.only(without(kept, [harm.domain for harm in found if harm.left_out]))
    order, free = ORDERINGS[spec.order](space), replace(space, limits=None)
    rival = _rival(order, space)
    another = rival or _rival(order, free)
    draws = drawn(shrunk, space.domains, resamples, seed)
    samples = solve(space.domains, space.weights, draws, wrong=space.wrong, limits=space.limits)
    lost = regrets(order, samples, space.weights, draws)
    standing = OrderStanding(
        order=order,
        predicted=predict(order, data.domains, data.base, shrunk.mean),
        rival=rival,
        rival_total=_total(data, shrunk, rival) if rival else 0.0,
        margin=judge(_difference(data, order, rival)).gain if rival else NO_OTHER_WITHIN if another else NO_OTHER_ORDER,
        shares=_shares(samples),
        precedence=_precedence(samples, data.domains),
        judge=judge,
        worth=_worth(m, curriculum, delta_entropy, space.domains, lost) if another else None,
        forecast=forecast(m, curriculum, order, ORDERINGS[spec.order](free), resamples=resamples, seed=seed),
        harms=found,
    )
    return write_plan(standing, m, curriculum)


def _worth(
    m: Measurements,
    curriculum: Curriculum,
    delta_entropy: Mapping[str, float | None],
    kept: Path,
    lost: tuple[float, float],
) -> Worth:
    """`lost` are the expected regrets of the choice and of a random order."""

    def rule(part: Measurements) -> Path:
        return ORDERINGS[curriculum.schedule.order](ordering_input(part, curriculum, delta_entropy).only(kept))

    contrast = over_mean(m, kept, rule, blind=curriculum.schedule.order in BLIND)
    return Worth(regret=lost[0], random_regret=lost[1], over_mean=contrast, over_reverse=doubled(contrast))


def _harms(m: Measurements, data: OrderingInput, kept: Path, judge: Judge) -> tuple[Harm, ...]:
    """Which domains to leave out, by the best orders with and without each."""

    def best(names: Path) -> Path:
        some = data.only(names)
        return solve(some.domains, some.weights, some.transfer[None], wrong=some.wrong, limits=some.limits).order(0)

    def gain(names: Path, name: str) -> Finding:
        return judge(_difference(data, best(without(names, [name])), best(names)))

    return harms(kept, gain, m.seeds)


def _rival(order: Path, space: OrderingInput) -> Path | None:
    """The best order other than this one, within the limits; None where there is no other. One that only changes places
    within a group is no other: what that does was not measured."""
    barrier = 2 * float(np.abs(space.transfer * space.weights).sum()) + 1
    kept = [tuple(sorted(members, key=order.index)) for members in space.groups]
    wrong = np.asarray(barrier * written_before(space.domains, kept), np.float64) if kept else None
    best = solve(space.domains, space.weights, space.transfer[None], wrong=wrong, limits=space.limits)
    if best.order(0) != order:
        return best.order(0)
    return best.order(0, 1) if best.gains[0, 0] - best.gains[0, 1] < barrier / 2 else None


def _total(data: OrderingInput, shrunk: Shrunk, order: Path) -> float:
    return float(data.weights @ predict(order, data.domains, data.base, shrunk.mean))


def _difference(data: OrderingInput, order: Path, other: Path) -> Array:
    """Total of `order` minus total of `other`, as coefficients of the effects: only those that count differently."""
    return data.weights * (counted(order, data.domains) - counted(other, data.domains))


def _shares(samples: Solutions) -> dict[Path, float]:
    """Order → share of draws in which it is strictly the best, by name."""
    untied = np.flatnonzero(samples.gains[:, 0] > samples.gains[:, 1]).tolist()
    counts = Counter(samples.order(index) for index in untied)
    return {order: counts[order] / len(samples.gains) for order in sorted(counts)}


def _precedence(samples: Solutions, domains: Path) -> Array:
    """Share of draws in which i stands before j; where the two best orders tie, a half each."""
    places = _places(samples, domains)
    trained = (places[:, :, None] >= 0) & (places[:, None, :] >= 0)
    before = (trained & (places[:, :, None] < places[:, None, :])).astype(np.float64)
    tied = samples.gains[:, 0] <= samples.gains[:, 1]
    before[tied] = 0.5 * trained[tied]
    share = before.mean(axis=0)
    np.fill_diagonal(share, 0.0)
    return np.asarray(share)


def _places(samples: Solutions, domains: Path) -> Array:
    """Place of each domain in the best order of each draw, −1 where it is left out: (resamples, n)."""
    places = np.full((len(samples.gains), len(domains)), -1.0)
    at = np.array([domains.index(name) for name in samples.domains])
    rows, columns = np.nonzero(samples.orders[:, 0] >= 0)
    places[rows, at[samples.orders[rows, 0, columns]]] = columns
    return places
