"""From a command's options to a job, an executor and a view; heavy imports happen here, not at the top."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from experiments.cli.background import Background
from experiments.cli.console import console_of
from experiments.cli.findings import print_notes, warn
from experiments.cli.judging import judge_notes
from experiments.cli.options import ExecutorName, parse_seeds
from experiments.cli.preparing import Preparing, cache_of
from experiments.cli.ready import check_ready
from experiments.cli.workers import workers_of

if TYPE_CHECKING:
    from curricula.schema import Curriculum
    from domains.preparation.data_cache import Cache
    from experiments.executors.base import Executor, Observer
    from experiments.models.tokens.lengths import Lengths
    from experiments.nodes.tree import StageTree
    from experiments.run.experience import Experience
    from experiments.run.job import Job, Prepared


class Interrupted(Exception):  # noqa: N818 - not an error
    """Ctrl-C while stages ran, or nobody reads any more what is printed: what is finished is kept."""

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
    known: Experience
    """What nodes took so far; kept from one phase to the next."""
    said: set[str]
    """Notes that a person has read here: none is said twice."""

    def view(
        self, title: str, tree: StageTree, status: Callable[[], str] | None = None
    ) -> AbstractContextManager[Observer]:
        """Show `tree` while it runs; `status` says how a search stands."""
        from experiments.run.progress import LiveProgress

        return LiveProgress(self.notes, self.job.view, tree, title, self.executor.slots, status, self.known, self.said)


def prepare(
    file: Path,
    seeds: str | None,
    sets: Sequence[str] | None = None,
    store: str | None = None,
    console: Console | None = None,
) -> Prepared:
    """Read the curriculum, check its model, prepare its data. Nothing is written but to the user's cache.

    `sets`: what ``--set`` says; `console`: where progress is shown.
    """
    return prepare_loaded(load(file, seeds, sets), file, sets, store, console)


def prepare_loaded(
    curriculum: Curriculum,
    file: Path,
    sets: Sequence[str] | None = None,
    store: str | None = None,
    console: Console | None = None,
) -> Prepared:
    """`prepare` for a curriculum that was read from `file` already."""
    told = Preparing()
    with told.shown(console) if console else nullcontext():
        return prepared(curriculum, file, sets, cache_of(store, writes=False), told)


def load(file: Path, seeds: str | None, sets: Sequence[str] | None = None) -> Curriculum:
    """The curriculum alone, checked."""
    from curricula.loader import load_curriculum

    return load_curriculum(file, seeds=parse_seeds(seeds), sets=sets or ())


def prepared(
    curriculum: Curriculum,
    file: Path,
    sets: Sequence[str] | None,
    kept: Cache,
    told: Callable[[str, float], None],
) -> Prepared:
    """The curriculum with its model checked and its data prepared, or taken from what is kept."""
    from curricula.loader import at_set
    from domains.errors import UserError, together
    from experiments.run.job import prepare_data

    try:
        _check_packages(curriculum, file)
        _check_training(curriculum, file)
        curriculum, weights, lengths = _check_model(curriculum, file)
        curriculum = known_embedder(known_rewards(curriculum, file), file)
        return prepare_data(curriculum, file, weights, lengths, kept=kept, told=told)
    except UserError as error:
        raise together([at_set(one, file, sets or ()) for one in error.every]) from error


def _check_model(curriculum: Curriculum, file: Path) -> tuple[Curriculum, str | None, Lengths | None]:
    """The curriculum with its model's place, which weights that has, and how its tokenizer counts.

    A model from a config needs no check, and so the driver need not load torch.
    """
    from curricula.loader import at_line
    from curricula.schema import PretrainedModel
    from domains.errors import ModelError
    from experiments.models.sources.place import locate

    if not isinstance(curriculum.model, PretrainedModel):
        return curriculum, None, None
    try:
        model = locate(curriculum.model, file.parent)
        from experiments.models.checkpoints import check_model, lengths_of
        from experiments.models.sources.adapter import known_adapter

        weights = check_model(model, file.parent)
        model = known_adapter(model, curriculum.model.id, file.parent, weights)
        return curriculum.model_copy(update={"model": model}), weights, lengths_of(model, weights)
    except ModelError as error:
        raise at_line(error, file, "model.id") from error


def _check_packages(curriculum: Curriculum, file: Path) -> None:
    from curricula.loader import at_line
    from domains.errors import CurriculumError
    from experiments.run.packages import check_packages

    try:
        check_packages(curriculum)
    except CurriculumError as error:
        raise at_line(error, file, "resources") from error


def _check_training(curriculum: Curriculum, file: Path) -> None:
    """Ask TRL whether it takes what is written for it alone; where nothing is, the driver need not load it."""
    from curricula.loader import at_line
    from curricula.trainings import written
    from domains.errors import CurriculumError

    if not any({"trl", "optim"} & training.model_fields_set for _, training in written(curriculum)):
        return
    from experiments.training.check import check_training

    try:
        check_training(curriculum)
    except CurriculumError as error:
        raise at_line(error, file, "training") from error


def known_rewards(curriculum: Curriculum, file: Path) -> Curriculum:
    """The curriculum with its reward models' places and weights."""
    from curricula.loader import at_line
    from domains.errors import ModelError
    from domains.rewards.reward_model import RewardModelReward

    domains = dict(curriculum.domains)
    for name, spec in curriculum.domains.items():
        rewards = list(spec.rewards)
        for at, reward in enumerate(rewards):
            if isinstance(reward, RewardModelReward):
                from experiments.models.reward_model import known

                try:
                    rewards[at] = known(reward, file.parent)
                except ModelError as error:
                    key = f"domains.{name}.rewards[{at}].{error.key}"
                    moved = ModelError(error.rule, key=key, value=error.value, hint=error.hint)
                    raise at_line(moved, file, key) from error
        domains[name] = spec.model_copy(update={"rewards": tuple(rewards)})
    return curriculum.model_copy(update={"domains": domains})


def known_embedder(curriculum: Curriculum, file: Path) -> Curriculum:
    """The curriculum with its embedder's place and weights, where it names one."""
    from curricula.loader import at_line
    from domains.errors import ModelError

    evaluation = curriculum.evaluation
    if evaluation.embedder is None:
        return curriculum
    from experiments.models.embedder import known

    try:
        named = evaluation.model_copy(update={"embedder": known(evaluation.embedder, file.parent)})
    except ModelError as error:
        key = "evaluation.embedder"
        moved = ModelError(error.rule, key=key, value=error.value, hint=error.hint)
        raise at_line(moved, file, key) from error
    return curriculum.model_copy(update={"evaluation": named})


@contextmanager
def session(
    file: Path,
    store: str,
    seeds: str | None,
    executor: ExecutorName,
    address: str | None,
    json: bool,
    check: Callable[[Job], None] | None = None,
    sets: Sequence[str] | None = None,
) -> Iterator[Session]:
    """Everything opened, workers let go of at the end. Ctrl-C becomes `Interrupted`.

    Data are prepared while Ray starts. `check` may refuse the job, whose guards may yet have to be chosen; a command
    that is refused writes nothing. Where they have, the base model is measured before anything else.
    """
    from curricula.sense_checks import sense_notes
    from experiments.analysis.notes.guard_advice import choice_lines
    from experiments.executors.served import check_served
    from experiments.run.experience import Experience
    from experiments.run.job import job_at, put
    from experiments.run.phases import choose_guards
    from experiments.run.tracking.executor import tracked
    from experiments.store import Store
    from experiments.store.lease import using

    notes, place = console_of(stderr=json), Store.at(store)
    curriculum = load(file, seeds, sets)
    check_ready(curriculum, file)
    check_served(curriculum, executor, file)
    told, kept = Preparing(), cache_of(store, writes=True)
    data = Background(lambda: prepared(curriculum, file, sets, kept, told))
    with ExitStack() as stack:
        workers = workers_of(executor, curriculum.resources, address, stack)
        # Batch systems end a job by SIGTERM. Set after Ray, which would print a native stack trace instead.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with told.shown(notes):
            job = job_at(data.result(), place)
        if check is not None:
            check(job)
        judged = judge_notes(job.prepared, file, sets, notes)
        try:
            Store.open(store)
            stack.enter_context(using(job.store.files, "run", unless="prune"))
            put(data.result(), job.store)
            said = (*sense_notes(curriculum), *job.prepared.notes, *judged)
            print_notes(notes, said)
            notes.print(f"Results: {job.store.url}/{job.run}", highlight=False, soft_wrap=True)
            executes = tracked(workers(job.view), job, lambda line: warn(notes, line))
            opened = Session(job, executes, notes, Experience(), set(said))
            job = choose_guards(job, executes, opened.view)
            opened.said.update(chosen := choice_lines(job.guards))
            print_notes(notes, chosen)
            yield replace(opened, job=job)
        except (KeyboardInterrupt, SystemExit):  # The latter is rich's, where nobody reads the output any more.
            raise Interrupted(shlex.join(["stagewise", *sys.argv[1:]]), job.store.url) from None
