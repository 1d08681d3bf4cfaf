"""What a run will cost, before it starts."""

from __future__ import annotations

import numpy as np

from curricula.schema import Curriculum
from curricula.stage import Schedule
from domains.frozen import Frozen
from experiments.gather import load_records
from experiments.job import Job, Prepared
from experiments.runner import Findings, arms
from experiments.store import Store
from experiments.tree import StageTree, grow
from scheduler.arms import needs_probes, probe_schedules
from scheduler.measurements import Array, Measurements, Path
from scheduler.planner import make_plan

DRAWS = 25


class Estimate(Frozen):
    """Counts are the least and the most over possible plans, since the order is not known before the probes."""

    arms: tuple[str, ...]
    seeds: int
    stage_runs: tuple[int, int]
    stage_runs_unshared: tuple[int, int]
    probe_stage_runs: int
    steps: tuple[int, int]
    """Optimizer steps of all stage runs, with sharing."""
    finished_stage_runs: int
    """Of this model and these data, already in the store."""
    seconds_per_step: float | None
    """Mean over the finished stage runs, evaluation included; None where there are none."""
    worker_seconds: float | None
    """Most steps left × seconds a step: divide by the stages that run at once."""


def estimate(prepared: Prepared, store: Store | None) -> Estimate:
    """Counts from drawn plans; time from the stage runs that the store already holds."""
    curriculum, setup = prepared.curriculum, prepared.setup
    drawn = [_schedules(prepared, draw) for draw in range(DRAWS if needs_probes(curriculum) else 1)]
    trees = [grow(setup, schedules, curriculum.seeds) for schedules in drawn]
    steps = [_steps(tree) for tree in trees]
    pace, done, spent = _pace(prepared, store, trees)
    return Estimate(
        arms=tuple(schedule.name for schedule in drawn[0] if not schedule.name.startswith("probe-")),
        seeds=len(curriculum.seeds),
        stage_runs=_range([tree.stage_runs for tree in trees]),
        stage_runs_unshared=_range([tree.unshared for tree in trees]),
        probe_stage_runs=len(curriculum.domains) * len(curriculum.seeds) if needs_probes(curriculum) else 0,
        steps=_range(steps),
        finished_stage_runs=done,
        seconds_per_step=pace,
        worker_seconds=None if pace is None else pace * max(0, max(steps) - spent),
    )


def _schedules(prepared: Prepared, draw: int) -> tuple[Schedule, ...]:
    """Probes and arms, for a plan from random measurements."""
    curriculum = prepared.curriculum
    if not needs_probes(curriculum):
        return arms(curriculum, Findings())
    measured = _random_measurements(curriculum, draw)
    plan = make_plan(measured, curriculum, {}, resamples=2)
    return (*probe_schedules(curriculum), *arms(curriculum, Findings(measured=measured, plan=plan)))


def _random_measurements(curriculum: Curriculum, draw: int) -> Measurements:
    rng = np.random.default_rng(draw)
    names = tuple(curriculum.domains)
    paths: list[Path] = [(), *((name,) for name in names)]
    scores: dict[Path, tuple[Array, ...]] = {path: tuple(rng.random((2, 2)) for _ in names) for path in paths}
    return Measurements(names, np.full(len(names), 1 / len(names)), scores)


def _steps(tree: StageTree) -> int:
    return sum(node.stage.training.steps for node in tree.nodes if node.stage is not None)


def _range(values: list[int]) -> tuple[int, int]:
    return min(values), max(values)


def _pace(prepared: Prepared, store: Store | None, trees: list[StageTree]) -> tuple[float | None, int, int]:
    """Seconds a step, finished stage runs and their steps, over the trees' nodes that the store holds."""
    if store is None:
        return None, 0, 0
    nodes = {node.id: node for tree in trees for node in tree.nodes if node.stage is not None}
    records = load_records(Job(prepared, store), StageTree(tuple(nodes.values())))
    steps = sum(record.cost.steps for record in records.values())
    seconds = sum(record.cost.train_seconds + record.cost.eval_seconds for record in records.values())
    return (seconds / steps if steps else None), len(records), steps
