"""Where the arms stood after each stage, and what each stage cost every domain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from curricula.stage import Schedule, Stage
from experiments.report.estimates import estimate, estimate_all, per_seed_estimate
from experiments.report.model import Cliff, StageChange, TrajectoryPoint
from experiments.report.scores import Block, RunScores


def trajectory(scores: RunScores, schedule: Schedule) -> tuple[TrajectoryPoint, ...]:
    """Test scores and entropies after 0, 1, … stages; points that no seed reached are left out."""
    points, steps = [], 0
    for depth in range(len(schedule.stages) + 1):
        steps += schedule.stages[depth - 1].training.steps if depth else 0
        blocks = scores.by_seed(schedule.name, depth)
        if not blocks:
            break
        entropies = scores.entropies(schedule.name, depth)
        measured = [name for name in scores.domains if any(name in block for block in entropies.values())]
        points.append(
            TrajectoryPoint(
                stage=depth,
                label=schedule.stages[depth - 1].label if depth else "base",
                steps=steps,
                scores=estimate_all(blocks, scores),
                entropy={name: estimate(entropies, scores, {name: 1.0}) for name in measured},
            )
        )
    return tuple(points)


def cliff(scores: RunScores, schedule: Schedule) -> Cliff:
    """Change of every domain's test score by stage, backward transfer and forgetting."""
    stages = []
    for depth, stage in enumerate(schedule.stages, start=1):
        before = scores.by_seed(schedule.name, depth - 1)
        after = scores.by_seed(schedule.name, depth)
        both = {seed: subtract(after[seed], before[seed]) for seed in after if seed in before}
        if both:
            stages.append(StageChange(stage=depth, label=stage.label, change=estimate_all(both, scores)))
    backward, lost = _backward(scores, schedule), _forgetting(scores, schedule)
    return Cliff(
        stages=tuple(stages),
        backward_transfer=per_seed_estimate(backward, scores) if backward else None,
        forgetting=per_seed_estimate(lost, scores) if lost else None,
    )


def subtract(after: Block, before: Block) -> Block:
    """Item by item: after − before."""
    return {name: after[name] - before[name] for name in after}


def introductions(stages: tuple[Stage, ...]) -> dict[str, int]:
    """Domain → the stage (1 for the first) that first trains on it, for domains before the last stage."""
    first: dict[str, int] = {}
    for depth, stage in enumerate(stages, start=1):
        for name in stage.mixture:
            first.setdefault(name, depth)
    return {name: depth for name, depth in first.items() if depth < len(stages)}


def _means(scores: RunScores, schedule: Schedule, seed: int) -> list[Mapping[str, float]] | None:
    """Mean test scores after 0, 1, … stages; None where the seed's chain is not finished."""
    rows = []
    for depth in range(len(schedule.stages) + 1):
        block = scores.by_seed(schedule.name, depth).get(seed)
        if block is None:
            return None
        rows.append({name: float(np.mean(items)) for name, items in block.items()})
    return rows


def _backward(scores: RunScores, schedule: Schedule) -> dict[int, float]:
    """Seed → backward transfer; empty where no domain was introduced before the last stage."""
    first, found = introductions(schedule.stages), {}
    for seed in scores.inputs.curriculum.seeds if first else ():
        rows = _means(scores, schedule, seed)
        if rows:
            found[seed] = float(np.mean([rows[-1][name] - rows[depth][name] for name, depth in first.items()]))
    return found


def _forgetting(scores: RunScores, schedule: Schedule) -> dict[int, float]:
    """Seed → forgetting; empty where no domain was introduced before the last stage."""
    first, found = introductions(schedule.stages), {}
    for seed in scores.inputs.curriculum.seeds if first else ():
        rows = _means(scores, schedule, seed)
        if rows:
            lost = [max(row[name] for row in rows[:-1]) - rows[-1][name] for name in first]
            found[seed] = float(np.mean(lost))
    return found
