"""Did the plan's assumptions hold? Saturation, constancy of transfer, and the order's rank where all were run."""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

from curricula.schema import ScheduleSpec
from domains.interval import Interval
from scheduler.evidence.departures import Cell, departure
from scheduler.evidence.transfer import effect
from scheduler.measurements import Array, Measurements, Path
from scheduler.plan import Audit, Departure, Plan
from scheduler.statistics.intervals import interval


def audit(plan: Plan, m: Measurements, spec: ScheduleSpec | None = None) -> Audit:
    """Everything about the assumptions that these measurements can tell; `spec` adds what it departs from."""
    found, moved = gaps(m), changes(m)
    saturation = departure(found) if found else Audit().saturation
    constancy = departure(moved) if moved else Audit().constancy
    gap = _mean(found) if found else Audit().gap
    rank, orders = _rank(plan.order, m)
    return Audit(
        saturation=saturation,
        gap=gap,
        constancy=constancy,
        pairs=len(found),
        rank=rank,
        orders=orders,
        notes=(
            *_departures(spec),
            *_seeds(m),
            *_outside(plan),
            _saturation_note(saturation, gap),
            _constancy_note(constancy),
        ),
    )


def _seeds(m: Measurements) -> list[str]:
    if m.seeds > 1:
        return []
    return ["One seed: intervals leave out what chance does to a training run."]


def depth_two(m: Measurements) -> list[tuple[str, str]]:
    """Measured pairs (i then j) whose single stages were measured too."""
    known = set(m.domains)
    return sorted(
        (path[0], path[1])
        for path in m.scores
        if len(path) == 2 and path[0] != path[1] and set(path) <= known and all((name,) in m.scores for name in path)
    )


def _rank(order: Path, m: Measurements) -> tuple[int | None, int]:
    """The order's place by measured total among all orders of its domains, and how many of them were run."""
    run = {path: round(float(m.weights @ m.mean(path)), 12) for path in m.scores if sorted(path) == sorted(order)}
    if len(order) < 2 or len(run) < factorial(len(order)):
        return None, len(run)
    return 1 + sum(total > run[order] for total in run.values()), len(run)


def gaps(m: Measurements) -> list[Cell]:
    """score_j(i then j) − score_j(j alone), as gains over the base."""
    return [_gap(m, first, second) for first, second in depth_two(m)]


def _gap(m: Measurements, first: str, second: str) -> Cell:
    j = m.domains.index(second)
    twice = m.scores[(first, second)][j] - m.scores[()][j]
    return Cell(second, {(first, second): twice, (second,): -effect(m, second, j)})


def changes(m: Measurements) -> list[Cell]:
    """(Effect of j on k after i) − (the same from the base), for all k but j."""
    return [_change(m, first, second, k) for first, second in depth_two(m) for k in m.domains if k != second]


def _change(m: Measurements, first: str, second: str, affected: str) -> Cell:
    k = m.domains.index(affected)
    both = m.scores[(first, second)][k] - m.scores[()][k]
    return Cell(affected, {(first, second): both, (first,): -effect(m, first, k), (second,): -effect(m, second, k)})


def _mean(cells: Sequence[Cell]) -> Interval:
    blocks: dict[str, Array] = {}
    for cell in cells:
        block = cell.whole / len(cells)
        blocks[cell.domain] = blocks[cell.domain] + block if cell.domain in blocks else block
    return interval(blocks)


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


def _saturation_note(found: Departure, gap: Interval) -> str:
    if found.p is None:
        return f"Saturation was not tested: {found.missing}."
    if not found.sure:
        return f"Own stages saturate as far as can be seen (p = {found.p:.2g}); {_seen(found, 'gaps')}"
    way = {1: ", higher on average", -1: ", lower on average", 0: ""}[gap.sign]
    return f"Own stages do not saturate: after another stage they end {found.size:.3f} apart{way} (p = {found.p:.2g})."


def _constancy_note(found: Departure) -> str:
    if found.p is None:
        return f"Constancy of transfer was not tested: {found.missing}."
    if not found.sure:
        return f"No sign that transfer changes after another stage (p = {found.p:.2g}); {_seen(found, 'changes')}"
    return (
        f"Transfer is not constant: effects change by {found.size:.3f} after another stage, noise alone gives "
        f"{found.noise:.3f} (p = {found.p:.2g})."
    )


def _seen(found: Departure, what: str) -> str:
    return f"{what} of {found.detectable:.3f} would have been seen in four of five runs."
