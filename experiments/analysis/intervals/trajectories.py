"""Where the arms stood after each stage, and what each stage cost every domain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from curricula.stage import Schedule, Stage
from experiments.analysis.intervals.estimates import estimate, estimate_all, score_all
from experiments.analysis.intervals.transfer_definitions import by_definition, first_stages
from experiments.analysis.report_parts import Cliff, SeedInterval, StageChange, TrajectoryPoint
from experiments.analysis.scores import Block, RunScores

NO_EARLIER = SeedInterval.unknown("no domain was trained before the last stage")


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
                scores=score_all(blocks, scores),
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
    first = introductions(schedule.stages)
    return Cliff(
        stages=tuple(stages),
        backward_transfer=_backward(scores, schedule, first) if first else NO_EARLIER,
        forgetting=_forgetting(scores, schedule, first) if first else NO_EARLIER,
        transfer=by_definition(scores, schedule),
    )


def subtract(after: Block, before: Block) -> Block:
    """Item by item: after − before."""
    return {name: after[name] - before[name] for name in after}


def introductions(stages: tuple[Stage, ...]) -> dict[str, int]:
    """Domain → the stage (1 for the first) that first trains on it, for domains before the last stage."""
    return {name: depth for name, depth in first_stages(stages).items() if depth < len(stages)}


def _backward(scores: RunScores, schedule: Schedule, first: Mapping[str, int]) -> SeedInterval:
    """Final score minus the score right after a domain's first stage, mean over the domains in `first`."""
    final = scores.by_seed(schedule.name)
    then = {name: scores.by_seed(schedule.name, depth) for name, depth in first.items()}
    differences = {
        seed: {name: block[name] - then[name][seed][name] for name in first if seed in then[name]}
        for seed, block in final.items()
    }
    return estimate(differences, scores, dict.fromkeys(first, 1 / len(first)))


def _forgetting(scores: RunScores, schedule: Schedule, first: Mapping[str, int]) -> SeedInterval:
    """Score at the best earlier moment (the base's included) minus the final one, mean over the domains in `first`.

    Which moment was the best is chosen on validation, for each seed and domain: the best of several noisy test
    scores would lie above the truth, and forgetting with it.
    """
    depths = range(len(schedule.stages))
    chosen = [scores.by_seed(schedule.name, depth, "validation") for depth in depths]
    tested = [scores.by_seed(schedule.name, depth) for depth in depths]
    lost = {}
    for seed, final in scores.by_seed(schedule.name).items():
        there = [depth for depth in depths if seed in tested[depth]]
        best = {name: int(np.argmax([chosen[at][seed][name].mean() for at in there])) for name in first}
        lost[seed] = {name: tested[there[at]][seed][name] - final[name] for name, at in best.items()}
    return estimate(lost, scores, dict.fromkeys(first, 1 / len(first)))
