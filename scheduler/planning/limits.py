"""A curriculum's limits as its order has to keep them, and how an order is predicted to.

Under the plan's model (scheduler/prediction/predict.py) later stages take −Σ_{i after j} B[i→j] from domain j, and the
entropy of its own samples, where its stage begins, is H_j + Σ_{i before j} ΔH[i→j]. Both rest on shrunk effects, as all
that the plan predicts. They are normal, so a limit is kept with probability `sure` where what is expected is within it
by as many standard deviations as a normal quantity stays below with that probability.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from curricula.limits import OrderLimit, limits_of
from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.evidence.transfer import shrunk_transfer
from scheduler.grouping import Flags
from scheduler.linear_ordering.limits import Limits
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan_limits import Forecast, LimitForecast
from scheduler.planning.draws import drawn, expected
from scheduler.prediction.predict import counted
from scheduler.statistics.intervals import LEVEL, standard_error
from scheduler.statistics.shrinkage import Shrunk

ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
ROUNDING = 1e-9
"""What is above a limit by less is at it."""


def limits_in(m: Measurements, curriculum: Curriculum) -> Limits | None:
    """What an order has to keep, by the probes; None where nothing is asked."""
    asked = _asked(m, curriculum, m.domains)
    if not asked:
        return None
    sure, units = float(ndtri(curriculum.schedule.constraints.sure)), list(m.units)
    shrunk = {"loss": shrunk_transfer(m), **({"entropy": shrunk_transfer(m.entropy)} if m.entropy else {})}
    start, effects, deviation = zip(*(_row(one, m, shrunk[one.measure]) for one in asked), strict=True)
    return Limits(
        on=np.array([m.domains.index(one.domain) for one in asked], dtype=np.int64),
        after=np.array([one.measure == "loss" for one in asked]),
        start=np.array(start),
        effects=np.array(effects),
        doubt=sure * np.array(deviation),
        units=np.array([units.index(m.unit[name]) for name in m.domains], dtype=np.int64),
    )


def _row(limit: OrderLimit, m: Measurements, shrunk: Shrunk) -> tuple[float, Array, Array]:
    """Of one limit: start, effects (domains,), and the standard deviations of these and of the start."""
    j = m.domains.index(limit.domain)
    base, error = _base(m.entropy, limit.domain) if limit.measure == "entropy" and m.entropy else (0.0, 0.0)
    start = limit.bound - base if limit.measure == "entropy" else -limit.bound
    return start, -shrunk.mean[:, j], np.append(shrunk.deviation[:, j], error)


def forecast(
    m: Measurements, curriculum: Curriculum, order: Path, free: Path, *, resamples: int, seed: int
) -> Forecast | None:
    """How `order` keeps the limits, and what that costs against `free`, the same rule's without limits; None where
    nothing is asked."""
    asked, limits = _asked(m, curriculum, order), limits_in(m, curriculum)
    if not asked or limits is None:
        return None
    excess = limits.only([m.domains.index(name) for name in order]).excess_of(range(len(order)))
    scores = _believed(m, order, resamples, seed)
    values = {"loss": -(scores * _later(order)).sum(axis=1)}
    if m.entropy:
        # Another seed: what is drawn of scores says nothing of entropy.
        changes = (_believed(m.entropy, order, len(scores) - 1, seed + 1) * _later(order).T).sum(axis=1)
        values["entropy"] = changes + _begun(m.entropy, order, len(changes), seed + 2)
    found = [
        _forecast(one, values[one.measure][:, order.index(one.domain)], float(above), m.seeds)
        for one, above in zip(asked, excess, strict=True)
    ]
    weights = m.weights[[m.domains.index(name) for name in order]]
    counts = counted(free, order) - counted(order, order)
    return Forecast(
        limits=tuple(one for one, _ in found),
        sure=curriculum.schedule.constraints.sure,
        kept=float(np.all([kept for _, kept in found], axis=0).mean()),
        free=free,
        cost=_interval((scores * counts * weights).sum(axis=(1, 2)), m.seeds),
    )


def _asked(m: Measurements, curriculum: Curriculum, trained: Path) -> list[OrderLimit]:
    """Limits on these domains; on entropy where it was measured."""
    found = [one for one in limits_of(curriculum) if one.domain in trained]
    return [one for one in found if one.measure == "loss" or m.entropy]


def _believed(m: Measurements, order: Path, resamples: int, seed: int) -> Array:
    """The effects among these domains: as expected, then in draws, (1 + draws, trained, affected)."""
    shrunk = shrunk_transfer(m)
    return np.concatenate([expected(shrunk, order)[None], drawn(shrunk, order, resamples, seed)])


def _later(order: Path) -> Array:
    """1 where the row's domain is trained after the column's; both as the order has them."""
    return counted(order, order) - np.eye(len(order))


def _begun(entropy: Measurements, order: Path, count: int, seed: int) -> Array:
    """Of the base model, in domains of this order: as measured, then in draws, (count, domains)."""
    mean, error = np.array([_base(entropy, name) for name in order]).T
    normal = np.random.default_rng(seed).standard_normal((count - 1, len(order)))
    # By name, so that the order does not change what is drawn of a domain.
    normal = normal[:, np.argsort(np.argsort(np.array(order)))]
    return np.concatenate([mean[None], mean + error * normal])


def _base(entropy: Measurements, name: str) -> tuple[float, float]:
    """The base model's entropy on a domain, and its standard error."""
    block = entropy.scores[()][entropy.domains.index(name)]
    return float(block.mean()), standard_error({name: block})


def _forecast(limit: OrderLimit, values: Array, excess: float, seeds: int) -> tuple[LimitForecast, Flags]:
    """Of (1 + draws,) values, the expected one first; and in which draws it is kept."""
    above = values - limit.bound if limit.measure == "loss" else limit.bound - values
    kept = np.asarray(above[1:] <= ROUNDING)
    predicted = _interval(values, seeds)
    made = LimitForecast(
        measure=limit.measure,
        domain=limit.domain,
        bound=limit.bound,
        predicted=predicted,
        kept=float(kept.mean()),
        excess=excess,
    )
    return made, kept


def _interval(values: Array, seeds: int) -> Interval:
    """The expected one, which is the first, with 95 % of the draws."""
    low, high = np.quantile(values[1:], ENDS)
    return Interval.of(float(values[0]), float(low), float(high), seeds)
