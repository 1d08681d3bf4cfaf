"""Adaptive probing on a store: which probes it has asked for, as far as they are finished."""

from __future__ import annotations

from dataclasses import dataclass, field

from experiments.nodes.tree import StageTree, grow
from experiments.run.job import Job
from experiments.run.reading.gather import load_records, measurements
from scheduler.measurements import Measurements, Path
from scheduler.probing.adaptive import Belief, ProbingState, advance
from scheduler.probing.probes import first_probes, path_schedules


@dataclass(frozen=True, eq=False)
class Followed:
    """How far adaptive probing came; by default its beginning."""

    measured: Measurements | None = None
    probing: ProbingState = field(default_factory=ProbingState)
    belief: Belief | None = None
    """What `probing.paths` say, where the last decision had to know it."""


def follow(job: Job, start: Followed) -> Followed:
    """Decide again and again, as long as what was wanted is finished; each decision fits one model.

    Only the probes themselves count, not other stages in the store, so the same curriculum always decides the same.
    """
    now = start
    while True:
        measured = _measured(job, now.probing.asked)
        now = Followed(measured, now.probing, now.belief)
        if measured is None or any(path not in measured.scores for path in now.probing.asked):
            return now
        if now.probing.stop is not None:
            return now
        probing, belief = advance(measured, job.curriculum, now.probing)
        now = Followed(measured, probing, belief)


def wanted_tree(job: Job, probing: ProbingState) -> StageTree:
    """The stages that are wanted next, for all seeds, with those before them."""
    return grow(job.setup, path_schedules(job.curriculum, probing.wanted), job.curriculum.seeds)


def _measured(job: Job, paths: tuple[Path, ...]) -> Measurements | None:
    schedules = path_schedules(job.curriculum, paths)
    tree = grow(job.setup, [*first_probes(job.curriculum), *schedules], job.curriculum.seeds)
    return measurements(job, schedules, load_records(job, tree))
