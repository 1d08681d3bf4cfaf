"""Did the plan's assumptions hold? Saturation, constancy, and predicted against measured totals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from curricula.schema import ScheduleSpec
from domains.interval import Interval
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan import Audit, Plan, Transfer
from scheduler.predict import predict
from scheduler.statistics import Blocks, draw, interval, standard_error

FEWEST_ORDERS = 3
MEAN_ABS_NORMAL = math.sqrt(2 / math.pi)


@dataclass(frozen=True)
class MeasuredOrder:
    """A sequential order that was run to its end: its predicted and its measured weighted total."""

    order: Path
    predicted: float
    measured: float


def audit(plan: Plan, transfer: Transfer, m: Measurements, spec: ScheduleSpec | None = None) -> Audit:
    """Everything about the assumptions that these measurements can tell; `spec` adds what it departs from."""
    pairs = depth_two(m)
    saturation = _saturation(m, pairs)
    constancy, null, triples = _constancy(m, pairs)
    orders = measured_orders(plan.order, transfer, m)
    spearman, kendall = rank_correlations(orders)
    notes = [
        *_departures(spec),
        *_seeds(m),
        *_outside(plan),
        *_saturation_notes(saturation),
        *_constancy_notes(constancy, null, triples),
        *_order_notes(orders, spearman),
    ]
    return Audit(
        saturation=saturation,
        constancy=constancy,
        constancy_null=null,
        pairs=len(pairs),
        spearman=spearman,
        kendall=kendall,
        orders=len(orders),
        notes=tuple(notes),
    )


def _seeds(m: Measurements) -> list[str]:
    if m.seeds > 1:
        return []
    return ["One seed: the margin leaves out what chance does to a training run."]


def depth_two(m: Measurements) -> list[tuple[str, str]]:
    """Measured pairs (i then j) whose single stages were measured too."""
    known = set(m.domains)
    return sorted(
        (path[0], path[1])
        for path in m.scores
        if len(path) == 2 and path[0] != path[1] and set(path) <= known and all((name,) in m.scores for name in path)
    )


def measured_orders(order: Sequence[str], transfer: Transfer, m: Measurements) -> tuple[MeasuredOrder, ...]:
    """All measured sequential orders of the domains in `order`, by name."""
    base, effects = np.array(transfer.base), np.array(transfer.mean)
    paths = sorted(path for path in m.scores if len(path) == len(order) and set(path) == set(order))
    return tuple(
        MeasuredOrder(
            order=path,
            predicted=float(m.weights @ predict(path, transfer.domains, base, effects)),
            measured=float(m.weights @ m.mean(path)),
        )
        for path in paths
    )


def rank_correlations(orders: Sequence[MeasuredOrder]) -> tuple[float | None, float | None]:
    """Spearman's rho and Kendall's tau-b; None with fewer than three orders or where one side is constant."""
    predicted = np.round([order.predicted for order in orders], 12)
    measured = np.round([order.measured for order in orders], 12)
    if len(orders) < FEWEST_ORDERS or np.ptp(predicted) == 0 or np.ptp(measured) == 0:
        return None, None
    spearman = stats.spearmanr(predicted, measured).statistic
    return float(spearman), float(stats.kendalltau(predicted, measured).statistic)


def _saturation(m: Measurements, pairs: Sequence[tuple[str, str]]) -> Interval:
    """The mean over pairs of score_j(i then j) − score_j(j)."""
    if not pairs:
        return Audit().saturation
    blocks: dict[str, Array] = {}
    for first, second in pairs:
        j = m.domains.index(second)
        gap = (m.scores[(first, second)][j] - m.scores[(second,)][j]) / len(pairs)
        blocks[second] = blocks[second] + gap if second in blocks else gap
    return interval(blocks, draw(blocks))


def _constancy(m: Measurements, pairs: Sequence[tuple[str, str]]) -> tuple[float, float, int] | tuple[None, None, int]:
    """Mean |change of an effect|, the same from noise alone, and the number of effects (i, j, k ≠ j)."""
    changes = [_change(m, first, second, k) for first, second in pairs for k in m.domains if k != second]
    if not changes:
        return None, None, 0
    size = float(np.mean([abs(block.mean()) for change in changes for block in change.values()]))
    null = MEAN_ABS_NORMAL * float(np.mean([standard_error(change) for change in changes]))
    return size, null, len(changes)


def _change(m: Measurements, first: str, second: str, affected: str) -> Blocks:
    """(Effect of `second` on `affected` after `first`) − (the same from the base), by seed and item."""
    k = m.domains.index(affected)
    after = m.scores[(first, second)][k] - m.scores[(first,)][k]
    return {affected: after - (m.scores[(second,)][k] - m.scores[()][k])}


def _departures(spec: ScheduleSpec | None) -> list[str]:
    if spec is None:
        return []
    departures = [
        name
        for name, departs in (
            (f"composition {spec.composition}", spec.composition != "sequential"),
            ("replay", spec.replay > 0),
            ("learning-rate decay", spec.lr_decay < 1),
        )
        if departs
    ]
    if not departures:
        return []
    return [f"Probes are plain single stages; the schedule departs from them by {' and '.join(departures)}."]


def _outside(plan: Plan) -> list[str]:
    names = [name for name, score in plan.predicted.items() if not 0 <= score <= 1]
    if not names:
        return []
    return [f"Predicted scores outside [0, 1] for {', '.join(names)}: effects cannot simply add up there."]


def _saturation_notes(found: Interval) -> list[str]:
    if found.ends is None:
        return [f"Saturation was not tested: {found.missing}."]
    if found.sign == 0:
        return ["Saturation is consistent with the data: own-stage training ends at the same score."]
    way = "higher" if found.value > 0 else "lower"
    return [f"Own-stage training does not saturate: after another stage it ends {abs(found.value):.3f} {way}."]


def _constancy_notes(size: float | None, null: float | None, count: int) -> list[str]:
    if size is None or null is None:
        return ["Constancy of transfer was not tested: no two-stage path was measured."]
    if size <= 2 * null:
        return [f"Transfer is as constant as noise lets us see, over {count} effects."]
    return [f"Transfer is not constant: effects change by {size:.3f} after another stage, noise gives {null:.3f}."]


def _order_notes(orders: Sequence[MeasuredOrder], spearman: float | None) -> list[str]:
    if spearman is not None:
        return []
    if len(orders) < FEWEST_ORDERS:
        return [f"Predicted against measured: {len(orders)} full orders were run, a rank correlation takes 3."]
    return ["Predicted against measured: all orders are tied on one side, so no rank correlation exists."]
