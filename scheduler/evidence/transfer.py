"""The transfer matrix from probes: B[i→j] = score on j after training on i − score on j of the base model."""

from __future__ import annotations

import numpy as np

from domains.interval import Interval
from scheduler.measurements import Array, Measurements
from scheduler.plan import Transfer
from scheduler.statistics.intervals import spread, standard_error
from scheduler.statistics.shared_draw import doubted, grains
from scheduler.statistics.shrinkage import Shrunk, shrink


def missing_probes(m: Measurements) -> tuple[str, ...]:
    """Domains that were not probed; the transfer matrix needs all of them, and the base."""
    return tuple(name for name in m.domains if (name,) not in m.scores)


def measure_transfer(m: Measurements) -> Transfer:
    """B with 95 % intervals, paired by item and seed. ValueError where a probe or the base is missing."""
    _check(m)
    worth = grains(m)
    return Transfer(
        domains=m.domains,
        base=tuple(m.mean(()).tolist()),
        effects=tuple(
            tuple(_interval(effect(m, trained, j), worth[j]) for j in range(len(m.domains))) for trained in m.domains
        ),
        shrunk=tuple(tuple(row) for row in shrunk_transfer(m).mean.tolist()),
    )


def shrunk_transfer(m: Measurements) -> Shrunk:
    """What is expected of B, given all of it. ValueError where a probe or the base is missing."""
    _check(m)
    variance = [[_variance(m, trained, j) for j in range(len(m.domains))] for trained in m.domains]
    return shrink(m.domains, mean_transfer(m), np.array(variance), m.seeds, m.idle)


def mean_transfer(m: Measurements) -> Array:
    """B as measured, (trained, affected)."""
    base = m.mean(())
    return np.array([m.mean((name,)) - base for name in m.domains])


def margin_variance(m: Measurements) -> Array:
    """Variance of w_i·B[j→i] − w_j·B[i→j] over seeds and items: (i, j); of what putting i before j gains."""
    found = np.zeros((len(m.domains),) * 2)
    for i, first in enumerate(m.domains):
        for j, second in enumerate(m.domains[:i]):
            blocks = {first: m.weights[i] * effect(m, second, i), second: -m.weights[j] * effect(m, first, j)}
            found[i, j] = found[j, i] = standard_error(blocks) ** 2
    return found


def effect(m: Measurements, trained: str, affected: int) -> Array:
    """Paired differences (seeds, items) on domain number `affected` from training on `trained`."""
    return m.scores[(trained,)][affected] - m.scores[()][affected]


def _interval(change: Array, grain: float) -> Interval:
    return spread({"": doubted(change, grain)}).about(float(change.mean()))


def _variance(m: Measurements, trained: str, affected: int) -> float:
    return standard_error({trained: effect(m, trained, affected)}) ** 2


def _check(m: Measurements) -> None:
    missing = missing_probes(m)
    if () not in m.scores or missing:
        what = ", ".join(missing) if missing else "the base model"
        raise ValueError(f"transfer needs scores of the base and of one probe a domain; missing: {what}")
