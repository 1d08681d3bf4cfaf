"""All cells of the main arm, and of joint training beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from curricula.stage import Schedule
from experiments.analysis.cliffs.contrast import contrast, p_of
from experiments.analysis.cliffs.curves import early, reliability
from experiments.analysis.cliffs.family import Among, Sides
from experiments.analysis.cliffs.model import ArmCliffs, Cell, Contrast, Depth, Steepness
from experiments.analysis.cliffs.moments import Moment, PairedAnswers, changes, pair
from experiments.analysis.cliffs.reading import rested
from experiments.analysis.cliffs.readings import Read, read
from experiments.analysis.cliffs.steepness import steepness
from experiments.analysis.scores import BASE, RunScores
from experiments.measures.value import Value
from scheduler.composing.joint import is_plain_joint
from scheduler.measurements import Array
from scheduler.statistics.intervals import holm, interval

Key = tuple[str, int, int, str]
"""(arm, stage, the stage before or 0 for the base, domain)."""


@dataclass(frozen=True)
class Tested:
    """One change that the page shows."""

    change: Array | None
    pair: PairedAnswers
    steepness: Steepness | None


def cliffs(scores: RunScores) -> dict[str, ArmCliffs]:
    """The main arm, then plain joint training where there is another one; arms that no seed began are left out. All
    contrasts of the page, whatever their arms, stages and domains, are one family, so that at most 5 % of pages hold a
    false one."""
    main = [arm for arm in scores.inputs.schedules if arm.name == scores.inputs.main]
    joint = [arm for arm in scores.inputs.schedules if is_plain_joint(arm) and arm not in main]
    arms = [arm for arm in (*main, *joint[:1]) if _reached(scores, arm)]
    tested = {
        (arm.name, depth, start, name): Tested(
            change=changes(scores, name, Moment(arm.name, depth), Moment(arm.name, start)),
            pair=pair(scores, name, Moment(arm.name, depth), Moment(arm.name, start)),
            steepness=_steepness(scores, arm, (depth, start, name)),
        )
        for arm in arms
        for depth in _reached(scores, arm)
        # The first stage's step from the stage before is that from the base, and tested once.
        for start in sorted({0, depth - 1})
        for name in scores.domains
    }
    sure = holm({key: p_of(one.change, one.pair) for key, one in tested.items()})
    contrasts = {
        key: contrast(one.change, one.pair, sure.get(key), one.steepness, len(sure)) for key, one in tested.items()
    }
    sides = {
        (arm.name, depth, name): _sides(scores, Moment(arm.name, depth), name)
        for arm in arms
        for depth in _reached(scores, arm)
        for name in scores.domains
    }
    among = Among.of(tuple(sides.values()))
    reads = {key: read(each, among) for key, each in sides.items()}
    return {arm.name: _arm(scores, arm, contrasts, sides, reads, len(sure)) for arm in arms}


def _reached(scores: RunScores, arm: Schedule) -> list[int]:
    return [depth for depth in range(1, len(arm.stages) + 1) if scores.by_seed(arm.name, depth)]


def _sides(scores: RunScores, after: Moment, name: str) -> Sides:
    """The base model, and an arm after a stage."""
    return Sides(pair(scores, name, after, Moment(after.arm, 0)), _entropies(scores, after, name))


def _arm(
    scores: RunScores,
    arm: Schedule,
    contrasts: Mapping[Key, Contrast],
    sides: Mapping[tuple[str, int, str], Sides],
    reads: Mapping[tuple[str, int, str], Read],
    tests: int,
) -> ArmCliffs:
    reached = _reached(scores, arm)
    last = {name: sides[arm.name, reached[-1], name] for name in scores.domains}
    curves = {name: (reliability(each, 0), reliability(each, 1)) for name, each in last.items()}
    parts = {name: (early(each, 0), early(each, 1)) for name, each in last.items()}
    return ArmCliffs(
        tests=tests,
        cells=tuple(
            Cell(
                stage=depth,
                label=arm.stages[depth - 1].label,
                domain=name,
                trained=name in arm.stages[depth - 1].mixture,
                before=contrasts[arm.name, depth, depth - 1, name],
                base=contrasts[arm.name, depth, 0, name],
                **vars(reads[arm.name, depth, name]),
            )
            for depth in reached
            for name in scores.domains
        ),
        depths={name: _depth(scores, arm, reached, name) for name in scores.domains},
        reliability={name: (base, now) for name, (base, now) in curves.items() if base and now},
        early={name: each for name, each in parts.items() if any(each)},
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
    return Depth(stage=worst, depth=rested(interval({"": change / spread}), change.shape[1]))
