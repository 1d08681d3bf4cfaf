"""An arm's transfer and forgetting under every definition, with intervals over seeds and items."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from curricula.stage import Schedule, Stage
from experiments.analysis.intervals.estimates import estimate
from experiments.analysis.report_parts import SeedInterval
from experiments.analysis.scores import Block, RunScores
from experiments.measures.transfer import MEANINGS, OF_BACKWARD, Definition, weights
from scheduler.composing.joint import is_plain_joint
from scheduler.measurements import Array

UNDEFINED = SeedInterval.unknown("the arm has too few stages")
NO_JOINT = SeedInterval.unknown("no joint training beside it")


def by_definition(scores: RunScores, schedule: Schedule) -> dict[Definition, SeedInterval]:
    """Every definition; over the domains that the arm trains. Empty where no seed finished."""
    first = first_stages(schedule.stages)
    rows = {seed: row for seed in scores.by_seed(schedule.name) if (row := _rows(scores, schedule, seed))}
    if not rows or not first:
        return {}
    found: dict[Definition, SeedInterval] = {}
    for name in MEANINGS:
        if name == "intransigence_chaudhry":
            found[name] = _intransigence(scores, schedule, first, rows)
        elif name in OF_BACKWARD:
            found[name] = _mapped(found["bwt_diaz"], name)
        else:
            found[name] = _summed(scores, schedule, first, rows, name)
    return found


def first_stages(stages: tuple[Stage, ...]) -> dict[str, int]:
    """Domain → the stage, 1 for the first, that first trains on it."""
    first: dict[str, int] = {}
    for depth, stage in enumerate(stages, start=1):
        for name in stage.mixture:
            first.setdefault(name, depth)
    return first


def _rows(scores: RunScores, schedule: Schedule, seed: int) -> list[Block] | None:
    """Test scores after 0, 1, … stages; None where one is missing."""
    each = [scores.by_seed(schedule.name, depth) for depth in range(len(schedule.stages) + 1)]
    return [row[seed] for row in each] if all(seed in row for row in each) else None


def _summed(
    scores: RunScores,
    schedule: Schedule,
    first: Mapping[str, int],
    rows: Mapping[int, list[Block]],
    definition: Definition,
) -> SeedInterval:
    stages = len(schedule.stages)
    blocks: dict[int, Block] = {}
    scales = dict.fromkeys(first, 0.0)
    for seed, matrix in rows.items():
        past = _validation(scores, schedule, seed, first)
        cells = weights(definition, list(first.values()), stages, past)
        if cells is None:
            return UNDEFINED
        blocks[seed] = {
            name: np.asarray(sum(cells[row, column] * matrix[row][name] for row in range(stages + 1)), dtype=np.float64)
            for column, name in enumerate(first)
        }
        scales = {name: max(at, _reach(cells[:, column])) for column, (name, at) in enumerate(scales.items())}
    return estimate(blocks, scores, dict.fromkeys(first, 1.0), scales)


def _reach(cells: Array) -> float:
    """By how much scores between 0 and 1 may move their sum with these weights."""
    return float(max(cells[cells > 0].sum(), -cells[cells < 0].sum()))


def _validation(scores: RunScores, schedule: Schedule, seed: int, first: Mapping[str, int]) -> Array:
    """R on validation, by which the best moment is chosen: the best of several noisy test scores is above the truth."""
    each = [scores.by_seed(schedule.name, depth, "validation")[seed] for depth in range(len(schedule.stages) + 1)]
    return np.array([[row[name].mean() for name in first] for row in each], dtype=np.float64)


def _intransigence(
    scores: RunScores, schedule: Schedule, first: Mapping[str, int], rows: Mapping[int, list[Block]]
) -> SeedInterval:
    """Chaudhry et al. train jointly on the tasks so far; here it is plain joint training on all of them."""
    arms = [arm for arm in scores.inputs.schedules if is_plain_joint(arm) and arm.name != schedule.name]
    if not arms:
        return NO_JOINT
    joint = scores.by_seed(arms[0].name)
    blocks = {
        seed: {name: joint[seed][name] - matrix[depth][name] for name, depth in first.items()}
        for seed, matrix in rows.items()
        if seed in joint
    }
    return estimate(blocks, scores, dict.fromkeys(first, 1 / len(first)))


def _mapped(backward: SeedInterval, definition: Definition) -> SeedInterval:
    """Ends and seeds go through the same rising function."""
    if backward.estimate is None:
        return backward
    of = OF_BACKWARD[definition]
    update: dict[str, object] = {
        name: None if (value := getattr(backward, name)) is None else of(value) for name in ("estimate", "low", "high")
    }
    update["per_seed"] = tuple(None if value is None else of(value) for value in backward.per_seed)
    return backward.model_copy(update=update)
