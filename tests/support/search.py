"""Searches over cheap nodes (see nodes.py): scores follow from the weights, and so from all stages before."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
from optuna.storages.journal import JournalFileBackend
from rich.console import Console

from curricula.schema import Curriculum, Resources
from experiments.executors.base import Executor
from experiments.executors.inline import InlineExecutor
from experiments.nodes.setup import Setup
from experiments.run.job import Job, Prepared
from experiments.run.job import job_at as job_on
from experiments.run.progress import LiveProgress
from experiments.search.lock import locked
from experiments.search.phases import find_start, search_trials, starts_of, task_of, tell_probes
from experiments.search.storage import open_place
from experiments.search.study import advise, open_study
from experiments.store import Store
from tests.support import warm
from tests.support.nodes import worker_environment
from tests.support.scored import scored

SOURCE = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}


def curriculum(names: str = "a b c", order: str = "given", **search: Any) -> Curriculum:
    """One that needs no probes, unless `order` does; `search` replaces keys of its search."""
    words = names.split()
    return Curriculum.model_validate(
        {
            "name": "cheap",
            "model": {"type": "scratch"},
            "domains": {word: {**SOURCE, "weight": 1 + place} for place, word in enumerate(words)},
            "training": {"steps": 4},
            "schedule": {"order": order, **({"given": words} if order == "given" else {})},
            "baselines": {"orders": []},
            "evaluation": {"metrics": []},
            "search": {
                "sampler": "random",
                "compositions": ["sequential", "cumulative"],
                "lengths": [1],
                "opening": [0],
                "refresh": [0],
                "lr_scale": [0.5, 1.0],
                "lr_decay": [0.5, 1.0],
                "seeds": [0],
                **search,
            },
        }
    )


def job_at(url: str, spec: Curriculum | None = None) -> Job:
    """A job without data; its store holds nothing but nodes."""
    spec = spec or curriculum()
    setup = Setup(model=spec.model, domains={}, evaluation=spec.evaluation)
    store = Store.open(url)
    job = job_on(Prepared(spec, setup, {}), store)
    store.write_run(job.run, "curriculum.yaml", "")
    return job


class Cut(optuna.pruners.BasePruner):
    """Prunes what scores low; the more trials there are, the stricter, so that history counts."""

    def prune(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> bool:
        done = sum(one.state.is_finished() for one in study.get_trials(deepcopy=False))
        return trial.intermediate_values[trial.last_step or 0] < 0.4 + 0.005 * done


def explore(
    job: Job,
    trials: int,
    *,
    executor: Executor | None = None,
    storage: str | None = None,
    timeout: float | None = None,
    pruner: optuna.pruners.BasePruner | None = None,
) -> tuple[optuna.Study, str]:
    """What ``stagewise search`` does before its final comparison: the study, and what was printed."""
    console = Console(file=io.StringIO(), width=200)
    executor = executor or InlineExecutor(job.view, Resources(), scored)

    def view(title, tree, status=None):
        return LiveProgress(console, job.view, tree, title, executor.slots, status)

    place = open_place(storage, job.store, job.run)
    study = open_study(place, job)
    with locked(study) as check:
        findings = find_start(job, executor, view)
        tell_probes(study, job, findings)
        task = task_of(study, job, findings, trials, timeout)
        advise(study, job.curriculum, task.order)
        study.pruner = pruner or Cut()
        search_trials(job, executor, view, place, study, task, starts_of(task, findings), check, console)
    return study, console.file.getvalue()


def rows(study: optuna.Study) -> list[tuple[Any, ...]]:
    """What must be equal however often a search was killed."""
    return [
        (one.number, one.state.name, one.params, one.values, one.intermediate_values, one.user_attrs)
        for one in study.get_trials(deepcopy=False)
    ]


def drive(url: str, trials: int, executor: str, names: str, search: dict[str, Any]) -> None:
    """What a driver process does."""
    job = job_at(url, curriculum(names, **search))
    runner: Executor = InlineExecutor(job.view, Resources(), scored)
    if executor == "ray":
        from experiments.executors.ray import RayExecutor

        runner = RayExecutor(job.view, Resources(), scored)
    try:
        explore(job, trials, executor=runner)
    finally:
        runner.close()


def start_search(url: str, trials: int, executor: str = "inline", names: str = "a b c", **search: Any) -> warm.Warm:
    """`drive` in a process of its own."""
    return warm.start(worker_environment(), drive, url, trials, executor, names, search)


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a copy of this process; its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(write: int, how: str) -> None:
    """From now on this process dies at its `write`-th write to a journal: before it, within it, or after it."""
    append, left = JournalFileBackend.append_logs, [write]

    def killing(self: JournalFileBackend, logs: list[dict[str, Any]]) -> None:
        left[0] -= 1
        if left[0] == 0 and how == "within":
            # Where a kill leaves the most: the lock is taken, and half a line is on disk.
            self._lock.acquire()
            with Path(self._file_path).open("ab") as file:
                file.write(b'{"op_code":5,"worker_id":"')
        if left[0] == 0 and how != "after":
            os.kill(os.getpid(), signal.SIGKILL)
        append(self, logs)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    JournalFileBackend.append_logs = killing  # type: ignore[method-assign]
