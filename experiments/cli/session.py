"""From a command's options to a job, an executor and a view; heavy imports happen here, not at the top."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from experiments.cli.options import ExecutorName, parse_seeds

if TYPE_CHECKING:
    from curricula.schema import Curriculum
    from experiments.executors.base import Executor, Observer
    from experiments.nodes.tree import StageTree
    from experiments.run.job import Job, Prepared
    from experiments.store import Store


class Interrupted(Exception):  # noqa: N818 - not an error
    """Ctrl-C while stages ran: what is finished is kept."""

    def __init__(self, command: str, store: str) -> None:
        super().__init__(command, store)
        self.command, self.store = command, store


@dataclass(frozen=True)
class Session:
    """What a command that runs stages works with."""

    job: Job
    executor: Executor
    notes: Console
    """Where progress goes: standard error with ``--json``, standard output without."""

    def view(
        self, title: str, tree: StageTree, status: Callable[[], str] | None = None
    ) -> AbstractContextManager[Observer]:
        """Show `tree` while it runs; `status` says how a search stands."""
        from experiments.run.progress import LiveProgress

        return LiveProgress(self.notes, self.job.store, tree, title, self.executor.slots, status)


def prepare(file: Path, seeds: str | None) -> Prepared:
    """Read the curriculum, check its model, prepare its data. Nothing is written."""
    from curricula.loader import load_curriculum
    from experiments.run.job import prepare_data

    curriculum = load_curriculum(file, seeds=parse_seeds(seeds))
    return prepare_data(curriculum, file, _check_model(curriculum, str(file)))


def _check_model(curriculum: Curriculum, file: str) -> str | None:
    """Which weights it has. A model from a config needs no check, and so the driver need not load torch."""
    from curricula.loader import at_key
    from curricula.schema import PretrainedModel
    from domains.errors import ModelError

    if isinstance(curriculum.model, PretrainedModel):
        from experiments.models.checkpoints import check_model

        try:
            return check_model(curriculum.model)
        except ModelError as error:
            raise at_key(error, Path(file), "model.id") from error
    return None


@contextmanager
def session(
    file: Path,
    store: str,
    seeds: str | None,
    executor: ExecutorName,
    address: str | None,
    json: bool,
    check: Callable[[Job], None] | None = None,
) -> Iterator[Session]:
    """Everything opened, workers let go of at the end. Ctrl-C becomes `Interrupted`.

    `check` may refuse the job before anything is written.
    """
    from experiments.run.job import Job, open_job
    from experiments.store import Store

    notes = Console(stderr=json)
    prepared = prepare(file, seeds)
    if check is not None:
        check(Job(prepared, Store.at(store)))
    # The cluster first: a command that is refused writes nothing.
    workers = make_executor(executor, Store.at(store), prepared, address)
    # Batch systems end a job by SIGTERM. Set after Ray, which would print a native stack trace instead.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    opened = Store.at(store)
    try:
        job = open_job(prepared, Store.open(store))
        notes.print(f"Results: {opened.url}/{job.run}", highlight=False, soft_wrap=True)
        yield Session(job, workers, notes)
    except KeyboardInterrupt:
        raise Interrupted(shlex.join(["stagewise", *sys.argv[1:]]), opened.url) from None
    finally:
        workers.close()


def make_executor(name: ExecutorName, store: Store, prepared: Prepared, address: str | None) -> Executor:
    """The executor of that name. Raises ClusterError, and UserError for an address without Ray."""
    from domains.errors import UserError
    from experiments.worker.launch import run_node

    resources = prepared.curriculum.resources
    if name == "inline":
        if address is not None:
            raise UserError(
                "is only for the executor ray",
                key="--address",
                value=address,
                hint="Leave out --executor inline.",
            )
        from experiments.executors.cpus import check_cpus
        from experiments.executors.inline import InlineExecutor

        check_cpus(resources)
        if resources.gpus:
            from experiments.models.checkpoints import check_gpus

            check_gpus(resources.gpus)
        return InlineExecutor(store, resources, run_node)
    from experiments.executors.ray import RayExecutor

    return RayExecutor(store, resources, run_node, address)
