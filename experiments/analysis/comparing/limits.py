"""What the limits of a curriculum became: measured on test, for every arm that trains domains one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np

from curricula.compositions import Ordered
from curricula.limits import Limited, OrderLimit, limits_of
from curricula.stage import Schedule
from domains.frozen import Frozen
from domains.interval import Interval
from experiments.analysis.comparing.family import ALPHA
from experiments.analysis.scores import Block, RunScores
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm, spread
from scheduler.statistics.power import FEWEST
from scheduler.statistics.unseen import hidden, open_by, widened

LimitVerdict = Literal["kept", "broken", "cannot tell"]


class MeasuredLimit(Frozen):
    """One limit on one domain of one arm."""

    measure: Limited
    domain: str
    bound: float
    """`loss`: the most that later stages may take from the domain's score. `entropy`: the least entropy of its own
    samples where its stage begins, nats a token."""
    stage: int
    """The stage that introduces the domain, 1 for the first."""
    measured: Interval
    """Of the same, on test: paired over seeds and items."""
    p: float | None
    """Two-sided, of being at the bound; None with fewer than three seeds."""
    p_adjusted: float | None
    """By Holm: over all limits of the main arm, or over all of the other arms."""
    verdict: LimitVerdict


def measured_limits(scores: RunScores) -> dict[str, tuple[MeasuredLimit, ...]]:
    """Arm → its limits, as far as a seed has finished them; what no later stage follows cannot be lost.

    The main arm is judged by itself: rivals only show what other orders would have done, and would take power from it.
    """
    found = {
        arm.name: tuple(_measured(scores, arm))
        for arm in scores.inputs.schedules
        if arm.composition in get_args(Ordered)
    }
    main = scores.inputs.main
    families = ({main: found.get(main, ())}, {arm: rows for arm, rows in found.items() if arm != main})
    judged = {arm: rows for family in families for arm, rows in _judged(family).items()}
    return {arm: judged[arm] for arm in found if judged[arm]}


def _measured(scores: RunScores, arm: Schedule) -> Iterator[MeasuredLimit]:
    for limit in limits_of(scores.inputs.curriculum):
        stage = next((at for at, one in enumerate(arm.stages, start=1) if limit.domain in one.mixture), None)
        if stage is None or (limit.measure == "loss" and stage == len(arm.stages)):
            continue
        blocks = _lost(scores, arm.name, stage) if limit.measure == "loss" else scores.entropies(arm.name, stage - 1)
        values = [block[limit.domain] for block in blocks.values() if limit.domain in block]
        if values:
            yield _row(limit, stage, np.stack(values))


def _lost(scores: RunScores, arm: str, stage: int) -> dict[int, Block]:
    """Seed → scores after the stage minus those at the end, by domain and item."""
    then, last = scores.by_seed(arm, stage), scores.by_seed(arm)
    return {seed: {name: then[seed][name] - last[seed][name] for name in last[seed]} for seed in last if seed in then}


def _row(limit: OrderLimit, stage: int, values: Array) -> MeasuredLimit:
    """Of (seeds, items), not yet judged."""
    blocks, estimate = {limit.domain: values}, float(values.mean())
    found, away = spread(blocks), abs(estimate - limit.bound)
    # An item's score moves by 1 at most; its entropy may by any number.
    scales = {limit.domain: 1.0 if limit.measure == "loss" else 0.0}
    p = max(found.p_value(away), hidden(blocks, scales, away))
    return MeasuredLimit(
        measure=limit.measure,
        domain=limit.domain,
        bound=limit.bound,
        stage=stage,
        measured=widened(found.about(estimate), open_by(blocks, scales)),
        p=p if len(values) >= FEWEST else None,
        p_adjusted=None,
        verdict="cannot tell",
    )


def _judged(family: dict[str, tuple[MeasuredLimit, ...]]) -> dict[str, tuple[MeasuredLimit, ...]]:
    """With p values by Holm over all rows that have one, and verdicts."""
    tested = {f"{arm} {at}": row.p for arm, rows in family.items() for at, row in enumerate(rows)}
    adjusted = holm({key: p for key, p in tested.items() if p is not None})
    return {
        arm: tuple(_told(row, adjusted.get(f"{arm} {at}")) for at, row in enumerate(rows))
        for arm, rows in family.items()
    }


def _told(row: MeasuredLimit, p_adjusted: float | None) -> MeasuredLimit:
    verdict: LimitVerdict = "cannot tell"
    if p_adjusted is not None and p_adjusted <= ALPHA:
        below = row.measured.value < row.bound
        verdict = "kept" if below == (row.measure == "loss") else "broken"
    return row.model_copy(update={"p_adjusted": p_adjusted, "verdict": verdict})
