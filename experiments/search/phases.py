"""A search from its beginning to the study's end: probes, a warm start, trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

import optuna
from rich.console import Console

from curricula.search_checks import search_seeds
from curricula.searchable import searchable
from domains.errors import StagewiseError
from experiments.executors.base import Executor, Observer, State
from experiments.nodes.tree import StageNode, StageTree, grow
from experiments.run.filling import Display
from experiments.run.findings import Findings
from experiments.run.job import Job
from experiments.run.phases import probe, run_tree
from experiments.search.asking import SearchTask
from experiments.search.explorer import Explorer
from experiments.search.lock import Check
from experiments.search.running_trial import cause
from experiments.search.storage import Place, guarded
from experiments.search.study import pinned_order
from experiments.search.telling import Teller
from experiments.search.warm_start import Start, enqueue, warm_starts
from scheduler.arms import BASE_ARM
from scheduler.measurements import Measurements
from scheduler.path_text import together_text
from scheduler.probing.probes import needs_probes
from scheduler.search.standings import reserved
from scheduler.search.trial_history import MEASURED, tell_measured


class StatusView(Protocol):
    """A `Display` that can also show how a search stands."""

    def __call__(
        self, title: str, tree: StageTree, status: Callable[[], str] | None = None
    ) -> AbstractContextManager[Observer]:
        """Begin to show `tree`."""
        ...


def searching(job: Job) -> Job:
    """The same run with what a search goes through in place of the user's curriculum."""
    return replace(job, prepared=replace(job.prepared, curriculum=searchable(job.curriculum)))


def find_start(job: Job, executor: Executor, view: Display) -> Findings:
    """The probes and the plan where the schedule or its baselines rest on them, and the base models of the search.

    Raises StagewiseError if a base model cannot be made: no trial could begin.
    """
    findings = probe(job, executor, view) if needs_probes(job.curriculum) else Findings()
    bases = grow(job.setup, [BASE_ARM], search_seeds(job.curriculum))
    if len(job.view.finished(bases.nodes)) < len(bases.nodes):
        outcome = run_tree(job, executor, view, "Base models", bases)
        if not outcome.complete:
            raise StagewiseError(f"no trial can begin: {cause(job.view, bases.nodes)}")
        findings = replace(findings, outcomes=(*findings.outcomes, outcome))
    return findings


def tell_probes(study: optuna.Study, job: Job, findings: Findings) -> None:
    """Let the sampler know what the probes measured with the search's own seeds; the first time counts."""
    measured = findings.measured
    if measured is None or MEASURED in study.user_attrs or not findings.complete:
        return
    tell_measured(study, *(_with_seed(measured, job, seed) for seed in search_seeds(job.curriculum)))


def _with_seed(measured: Measurements, job: Job, seed: int) -> Measurements | None:
    if seed not in job.curriculum.seeds:
        return None
    row = [job.curriculum.seeds.index(seed)]
    # A group by its members, since the study outlives what groups are called.
    units = {unit: together_text(names) for unit, names in measured.units.items()}
    scores = {
        tuple(units.get(step, step) for step in path): tuple(block[row] for block in blocks)
        for path, blocks in measured.scores.items()
    }
    return replace(measured, scores=scores, mixed=None, entropy=None, groups={})


def task_of(study: optuna.Study, job: Job, findings: Findings, trials: int, seconds: float | None) -> SearchTask:
    """What ``stagewise search`` is to do after the probes."""
    plan = findings.plan.order if findings.plan else None
    return SearchTask(
        curriculum=job.curriculum,
        trials=trials,
        order=pinned_order(study, job.curriculum, plan),
        seconds=seconds,
        measured=findings.measured,
        spent=frozenset(node for outcome in findings.outcomes for node in outcome.states),
    )


def search_trials(
    job: Job,
    executor: Executor,
    view: StatusView,
    place: Place,
    study: optuna.Study,
    task: SearchTask,
    starts: tuple[Start, ...],
    check: Check,
    notes: Console,
    title: str = "Search",
) -> None:
    """Bring the study to `task.trials` trials, or as far as the time allows. Nothing is run where it has them.

    The base models of the search's seeds are there. Raises StoreError where the storage fails, or another process
    took the study over.
    """

    def say(line: str) -> None:
        notes.print(line, markup=False, highlight=False, soft_wrap=True)

    with guarded(place.url):
        check()
        enqueue(study, starts, task.trials, reserved(task.trials, len(search_seeds(task.curriculum))))
        explorer = Explorer(job, study, task, Teller(job, study, task, say), lambda: executor.slots, check)
        tree = explorer.begin()

    def feed(node: StageNode, state: State) -> Sequence[StageNode]:
        with guarded(place.url):
            return explorer.feed(node, state)

    if len(tree.nodes) > 1:  # Else there is the base alone: all trials have ended.
        with view(title, tree, explorer.status) as watch:
            executor.run(tree, watch, feed)
    say(f"{title}: {explorer.status()}")


def starts_of(task: SearchTask, findings: Findings) -> tuple[Start, ...]:
    """The warm start of a task."""
    return warm_starts(task.curriculum, findings, task.order)
