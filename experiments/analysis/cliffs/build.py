"""All cells of the main arm, and of joint training beside it."""

from __future__ import annotations

import numpy as np

from curricula.stage import Schedule
from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.model import ArmCliffs, Cell, Contrast, Depth, Steepness
from experiments.analysis.cliffs.moments import Moment, changes, pair
from experiments.analysis.cliffs.readings import read
from experiments.analysis.cliffs.steepness import steepness
from experiments.analysis.scores import BASE, RunScores
from experiments.measures.value import Value
from scheduler.composing.joint import is_plain_joint
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm, interval


def cliffs(scores: RunScores) -> dict[str, ArmCliffs]:
    """The main arm, then plain joint training where there is another one; arms that no seed began are left out."""
    main = [arm for arm in scores.inputs.schedules if arm.name == scores.inputs.main]
    joint = [arm for arm in scores.inputs.schedules if is_plain_joint(arm) and arm not in main]
    found = {arm.name: _arm(scores, arm) for arm in (*main, *joint[:1])}
    return {name: arm for name, arm in found.items() if arm.cells}


def _arm(scores: RunScores, arm: Schedule) -> ArmCliffs:
    reached = [depth for depth in range(1, len(arm.stages) + 1) if scores.by_seed(arm.name, depth)]
    # The first stage's step from the stage before is that from the base, and tested once.
    tested = [(depth, start) for depth in reached for start in sorted({0, depth - 1})]
    moved = {
        (depth, start, name): changes(scores, name, Moment(arm.name, depth), Moment(arm.name, start))
        for depth, start in tested
        for name in scores.domains
    }
    pairs = {
        (depth, start, name): pair(scores, name, Moment(arm.name, depth), Moment(arm.name, start))
        for depth, start, name in moved
    }
    keys = {repr(key): p for key, change in moved.items() if (p := p_of(change, pairs[key])) is not None}
    sure = holm(keys)
    contrasts = {
        key: contrast(change, pairs[key], sure.get(repr(key)), _steepness(scores, arm, key), len(keys))
        for key, change in moved.items()
    }
    cells = tuple(_cell(scores, arm, depth, name, contrasts) for depth in reached for name in scores.domains)
    return ArmCliffs(
        tests=len(keys), cells=cells, depths={name: _depth(scores, arm, reached, name) for name in scores.domains}
    )


def _cell(
    scores: RunScores, arm: Schedule, depth: int, name: str, contrasts: dict[tuple[int, int, str], Contrast]
) -> Cell:
    stage, after = arm.stages[depth - 1], Moment(arm.name, depth)
    found = read(Sides(pair(scores, name, after, Moment(arm.name, 0)), _entropies(scores, after, name)))
    return Cell(
        stage=depth,
        label=stage.label,
        domain=name,
        trained=name in stage.mixture,
        before=contrasts[depth, depth - 1, name],
        base=contrasts[depth, 0, name],
        flips=found.flips,
        readings=found.readings,
        ece_null=found.ece_null,
        smooth_ece_null=found.smooth_ece_null,
        by_base=found.by_base,
        faith=found.faith,
        collapsed=found.collapsed,
    )


def _steepness(scores: RunScores, arm: Schedule, key: tuple[int, int, str]) -> Steepness | None:
    """Of a contrast that spans one stage, where that was measured on its way with every seed."""
    depth, start, name = key
    if start != depth - 1:
        return None
    records = [scores.record(arm.name, seed, depth) for seed in scores.by_seed(arm.name, depth)]
    guarded = [record.guarded for record in records if record]
    courses = [one.course for one in guarded if one and one.course and name in one.course.points[0].domains]
    return steepness(courses, name) if len(courses) == len(records) else None


def _entropies(scores: RunScores, after: Moment, name: str) -> tuple[Array, Array] | None:
    """Of own samples (base, after), each (seeds, items), over the seeds that have both."""
    before, now = scores.entropies(BASE, 0), scores.entropies(after.arm, after.depth)
    kept = [seed for seed in now if seed in before and name in now[seed] and name in before[seed]]
    if not kept:
        return None
    return np.stack([before[seed][name] for seed in kept]), np.stack([now[seed][name] for seed in kept])


def _depth(scores: RunScores, arm: Schedule, reached: list[int], name: str) -> Depth:
    """The worst stage is chosen on validation, for the lowest of several noisy test scores lies below the truth."""
    lows = {
        depth: np.mean([block[name].mean() for block in scores.by_seed(arm.name, depth, "validation").values()])
        for depth in reached
    }
    if not lows:
        return Depth(stage=None, depth=Value.skipped("no seed finished a stage"))
    worst = min(lows, key=lambda depth: (lows[depth], depth))
    change = changes(scores, name, Moment(arm.name, worst), Moment(arm.name, 0))
    base = [block[name] for block in scores.by_seed(BASE, 0).values()]
    spread = float(np.std(base[0], ddof=1)) if base and len(base[0]) > 1 else 0.0
    if change is None or spread == 0:
        return Depth(stage=worst, depth=Value.skipped("the base model's scores do not differ between items"))
    return Depth(stage=worst, depth=Value.of(interval({"": change / spread}), change.shape[1]))
