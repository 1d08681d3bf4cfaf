"""``stagewise search``: the best schedule of a space, and what it is worth on fresh seeds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import Address, ExecutorOption, File, Json, Sets, StoreUrl

if TYPE_CHECKING:
    from experiments.cli.session import Session
    from experiments.run.job import Job

Trials = Annotated[
    int, typer.Option("--trials", metavar="N", help="How many schedules to try, those of earlier commands included.")
]
StorageUrl = Annotated[
    str | None,
    typer.Option(
        "--storage",
        metavar="URL",
        help="Where the study is kept: a path, sqlite:///…, postgresql://… or grpc://host:port; "
        "default: search.journal beside the run.",
        show_default=False,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="Begin no further schedule after so long; default: no limit.", show_default=False
    ),
]


def search(
    file: File,
    trials: Trials,
    storage: StorageUrl = None,
    timeout: Timeout = None,
    store: StoreUrl = "runs",
    sets: Sets = None,
    executor: ExecutorOption = "ray",
    address: Address = None,
    json: Json = False,
) -> None:
    """Search for the best schedule, then compare it with joint training on test items and seeds not used before.

    Run the same command again to go on after an interruption, and with more trials to search further.
    """
    from experiments.cli.saving import keep_asked
    from experiments.cli.session import session

    _check(trials, storage, timeout)
    check = lambda job: _check_job(job, file, storage)  # noqa: E731
    with session(file, store, None, executor, address, json, check, sets) as open_session:
        failed = _search(open_session, trials, storage, timeout, json)
    if failed:
        raise typer.Exit(1)
    keep_asked(open_session.notes, open_session.job)


def _check(trials: int, storage: str | None, timeout: float | None) -> None:
    """What can be refused before anything is started. Raises UserError."""
    from domains.errors import UserError
    from experiments.search.storage import opener

    if trials < 1:
        raise UserError("a search needs at least one trial", key="--trials", value=trials)
    if timeout is not None and not timeout > 0:
        raise UserError("must be more than 0 seconds", key="--timeout", value=timeout)
    if storage is not None:
        opener(storage)


def _check_job(job: Job, file: Path, storage: str | None) -> None:
    """Whether there is something to search, and the study can be kept where it is to be, before the store is made.
    Raises CurriculumError and StoreError."""
    from curricula.loader import at_line
    from curricula.problem import dotted
    from curricula.recommended import waiting
    from curricula.search_checks import search_problems
    from domains.errors import CurriculumError
    from experiments.search.phases import searching
    from experiments.search.storage import check_folder, open_place
    from experiments.search.study import open_study

    for problem in search_problems(job.curriculum):
        key = dotted(problem.keys)
        raise at_line(CurriculumError(problem.rule, key=key, value=problem.value, hint=problem.hint), file, key)
    if storage is None:
        check_folder(job.store)
    elif not waiting(job.curriculum):
        # A study is of its guards too.
        open_study(open_place(storage, job.store, job.run), searching(job))


def _search(open_session: Session, trials: int, storage: str | None, timeout: float | None, json: bool) -> bool:
    """All phases; whether a stage failed."""
    from experiments.cli.findings import print_findings, print_notes
    from experiments.cli.saving import saved_search
    from experiments.search.final import finish
    from experiments.search.lock import locked
    from experiments.search.phases import find_start, search_trials, searching, starts_of, task_of, tell_probes
    from experiments.search.report.terminal import print_search
    from experiments.search.storage import open_place
    from experiments.search.study import advise, failures, open_study
    from experiments.search.warm_start import own_notes

    own, notes = open_session.job, open_session.notes
    job = searching(own)
    place = open_place(storage, job.store, job.run)
    study = open_study(place, job)
    with locked(study) as check:
        findings = find_start(job, open_session.executor, open_session.view)
        print_findings(notes, findings)
        tell_probes(study, job, findings)
        task = task_of(study, job, findings, trials, timeout)
        advise(study, job.curriculum, task.order)
        starts = starts_of(task, findings)
        print_notes(notes, own_notes(own.curriculum, job.curriculum, findings, task.order))
        search_trials(job, open_session.executor, open_session.view, place, study, task, starts, check, notes)
        report = finish(job, open_session.executor, open_session.view, study, findings, notes, place, own)
    with saved_search(notes, job, report) as written:
        if json:
            typer.echo(report.model_dump_json(indent=1))
        else:
            print_search(notes, report)
    return bool(failures(study) or report.missing) or not findings.complete or not written
