"""Adaptive probing on a store: which probes it has asked for, as far as they are finished."""

from __future__ import annotations

from experiments.nodes.tree import StageTree, grow
from experiments.run.gather import load_records, measurements
from experiments.run.job import Job
from scheduler.adaptive import ProbingState, advance
from scheduler.arms import path_schedules, probe_schedules
from scheduler.measurements import Measurements, Path


def follow(job: Job, start: ProbingState) -> tuple[Measurements | None, ProbingState]:
    """Decide again and again, as long as what was wanted is finished; and all that was measured so far.

    Begins at `start`: `ProbingState()` for all of it. Only the probes themselves count, not other stages in the store,
    so the same curriculum always decides the same.
    """
    probing = start
    while True:
        measured = _measured(job, probing.asked)
        if measured is None or any(path not in measured.scores for path in probing.asked):
            return measured, probing
        if probing.stop is not None:
            return measured, probing
        probing = advance(measured, job.curriculum, probing)


def wanted_tree(job: Job, probing: ProbingState) -> StageTree:
    """The stages that are wanted next, for all seeds, with those before them."""
    return grow(job.setup, path_schedules(job.curriculum, probing.wanted), job.curriculum.seeds)


def _measured(job: Job, paths: tuple[Path, ...]) -> Measurements | None:
    schedules = path_schedules(job.curriculum, paths)
    tree = grow(job.setup, [*probe_schedules(job.curriculum), *schedules], job.curriculum.seeds)
    return measurements(job, schedules, load_records(job, tree))
