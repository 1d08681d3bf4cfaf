"""A curriculum's limits as its order has to keep them, and how an order is predicted to.

Under the plan's model (scheduler/prediction/predict.py) later stages take −Σ_{i after j} B[i→j] from domain j, and the
entropy of its own samples, where its stage begins, is H_j + Σ_{i before j} ΔH[i→j]. Both rest on shrunk effects, as all
that the plan predicts, and so does whether an order keeps a limit; how probably it does rests on draws of them.
"""

from __future__ import annotations

import numpy as np

from curricula.limits import OrderLimit, limits_of
from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.evidence.transfer import shrunk_transfer
from scheduler.grouping import Flags
from scheduler.linear_ordering.limits import Limits
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan_limits import ROUNDING, Forecast, LimitForecast
from scheduler.planning.draws import drawn, expected
from scheduler.prediction.predict import counted
from scheduler.statistics.intervals import LEVEL, standard_error

ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def limits_in(m: Measurements, curriculum: Curriculum) -> Limits | None:
    """What an order has to keep, by the probes; None where nothing is asked."""
    asked = _asked(m, curriculum, m.domains)
    if not asked:
        return None
    on = [m.domains.index(one.domain) for one in asked]
    scores, entropy = shrunk_transfer(m).mean, shrunk_transfer(m.entropy).mean if m.entropy else None
    base = m.entropy.mean(()) if m.entropy else None
    start, effects = [], []
    for one, j in zip(asked, on, strict=True):
        if one.measure == "loss" or entropy is None or base is None:
            start.append(-one.bound)
            effects.append(-scores[:, j])
        else:
            start.append(one.bound - float(base[j]))
            effects.append(-entropy[:, j])
    after = np.array([one.measure == "loss" for one in asked])
    return Limits(np.array(on, dtype=np.int64), after, np.array(start), np.array(effects))


def forecast(
    m: Measurements, curriculum: Curriculum, order: Path, free: Path, *, resamples: int, seed: int
) -> Forecast | None:
    """How `order` keeps the limits, and what that costs against `free`, the same rule's without limits; None where
    nothing is asked."""
    asked = _asked(m, curriculum, order)
    if not asked:
        return None
    scores = _believed(m, order, resamples, seed)
    values = {"loss": -(scores * _later(order)).sum(axis=1)}
    if m.entropy:
        # Another seed: what is drawn of scores says nothing of entropy.
        changes = (_believed(m.entropy, order, len(scores) - 1, seed + 1) * _later(order).T).sum(axis=1)
        values["entropy"] = changes + _begun(m.entropy, order, len(changes), seed + 2)
    found = [_forecast(one, values[one.measure][:, order.index(one.domain)], m.seeds) for one in asked]
    weights = m.weights[[m.domains.index(name) for name in order]]
    counts = counted(free, order) - counted(order, order)
    return Forecast(
        limits=tuple(one for one, _ in found),
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
    blocks = {name: entropy.scores[()][entropy.domains.index(name)] for name in order}
    error = np.array([standard_error({name: block}) for name, block in blocks.items()])
    normal = np.random.default_rng(seed).standard_normal((count - 1, len(order)))
    # By name, so that the order does not change what is drawn of a domain.
    normal = normal[:, np.argsort(np.argsort(np.array(order)))]
    mean = np.array([float(block.mean()) for block in blocks.values()])
    return np.concatenate([mean[None], mean + error * normal])


def _forecast(limit: OrderLimit, values: Array, seeds: int) -> tuple[LimitForecast, Flags]:
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
    )
    return made, kept


def _interval(values: Array, seeds: int) -> Interval:
    """The expected one, which is the first, with 95 % of the draws."""
    low, high = np.quantile(values[1:], ENDS)
    return Interval.of(float(values[0]), float(low), float(high), seeds)
