"""The transfer matrix from probes: B[i→j] = score on j after training on i − score on j of the base model.

A domain that was probed in a group has its group's effects (scheduler/grouping.py).
"""

from __future__ import annotations

import numpy as np

from domains.interval import Interval
from scheduler.grouping import Flags
from scheduler.measurements import Array, Measurements
from scheduler.plan import Transfer
from scheduler.statistics.intervals import spread, standard_error
from scheduler.statistics.shared_draw import doubted, grains
from scheduler.statistics.shrinkage import Shrunk, shrink
from scheduler.statistics.unseen import alike, least, widened

UNTOLD = Interval.unknown("both are of one group, whose probe does not tell its members apart")


def missing_probes(m: Measurements) -> tuple[str, ...]:
    """What was not probed, domains and groups; the transfer matrix needs all of them, and the base."""
    return tuple(name for name in m.units if (name,) not in m.scores)


def measure_transfer(m: Measurements) -> Transfer:
    """B with 95 % intervals, paired by item and seed. ValueError where a probe or the base is missing."""
    _check(m)
    worth, stirred = grains(m), moved(m)
    return Transfer(
        domains=m.domains,
        base=tuple(m.mean(()).tolist()),
        effects=tuple(
            tuple(
                _interval(effect(m, trained, j), worth[j], stirred[i]) if m.told[i, j] else UNTOLD
                for j in range(len(m.domains))
            )
            for i, trained in enumerate(m.domains)
        ),
        shrunk=tuple(tuple(row) for row in shrunk_transfer(m).mean.tolist()),
        groups=dict(m.groups),
    )


def shrunk_transfer(m: Measurements) -> Shrunk:
    """What is expected of B, given all of it. ValueError where a probe or the base is missing."""
    _check(m)
    base = m.mean(())
    effects = np.array([m.mean((unit,)) - base for unit in m.units])
    variance = [[_variance(m, unit, j) for j in range(len(m.domains))] for unit in m.units]
    return shrink(m.domains, effects, np.array(variance), m.seeds, m.idle, m.groups)


def mean_transfer(m: Measurements) -> Array:
    """B as measured, (trained, affected)."""
    base = m.mean(())
    found = np.array([m.mean((m.unit[name],)) - base for name in m.domains])
    return np.where(m.told, found, 0.0)


def total_effects(m: Measurements) -> Array:
    """What the probe of each domain, or of its group, did to the total, (domains,)."""
    base = m.mean(())
    return np.array([m.mean((m.unit[name],)) - base for name in m.domains]) @ m.weights


def margin_variance(m: Measurements) -> Array:
    """Variance of w_i·B[j→i] − w_j·B[i→j] over seeds and items: (i, j); of what putting i before j gains."""
    found = np.zeros((len(m.domains),) * 2)
    for i, first in enumerate(m.domains):
        for j, second in enumerate(m.domains[:i]):
            blocks = {first: m.weights[i] * effect(m, second, i), second: -m.weights[j] * effect(m, first, j)}
            found[i, j] = found[j, i] = standard_error(blocks) ** 2
    return found


def moved(m: Measurements) -> Flags:
    """Whose stage, or whose group's, left a model that scores otherwise than the base on any item, (domains,)."""
    base = m.scores[()]
    units = {
        unit: any((after != before).any() for after, before in zip(m.scores[(unit,)], base, strict=True))
        for unit in m.units
    }
    return np.array([units[m.unit[name]] for name in m.domains])


def effect(m: Measurements, trained: str, affected: int) -> Array:
    """Paired differences (seeds, items) on domain number `affected` from training on `trained`, by what was probed for
    it; 0 between the members of a group."""
    unit = m.unit[trained]
    if unit != trained and m.domains[affected] != trained and m.unit[m.domains[affected]] == unit:
        return np.zeros_like(m.scores[()][affected])
    return after_one(m, unit, affected)


def after_one(m: Measurements, trained: str, affected: int) -> Array:
    """The same from the one stage on `trained`, a domain or a group, which must be in `m`."""
    return m.scores[(trained,)][affected] - m.scores[()][affected]


def _interval(change: Array, grain: float, stirred: bool) -> Interval:
    found = spread({"": doubted(change, grain)}).about(float(change.mean()))
    return widened(found, least(change.shape[1])) if stirred and alike(change) else found


def _variance(m: Measurements, trained: str, affected: int) -> float:
    return standard_error({trained: after_one(m, trained, affected)}) ** 2


def _check(m: Measurements) -> None:
    missing = missing_probes(m)
    if () not in m.scores or missing:
        what = ", ".join(missing) if missing else "the base model"
        raise ValueError(f"transfer needs scores of the base and of one probe a domain; missing: {what}")
