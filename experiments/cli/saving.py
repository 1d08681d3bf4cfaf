"""Writes reports beside their run and says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from experiments.analysis.report import Report
    from experiments.run.job import Job
    from experiments.search.analysis.report import SearchReport


@contextmanager
def saved(console: Console, job: Job, report: Report) -> Iterator[bool]:
    """Write the files, let the block print what is in them, then say where they are; yields whether they are there.

    In this order, since a reader who ends (`| head`) ends the block. Where writing fails, what was measured is printed
    all the same, and why it failed in place of where.
    """
    from experiments.run.reporting import write_report

    with _saved(console, job, lambda: write_report(job, report), "report.html") as written:
        yield written


@contextmanager
def saved_search(console: Console, job: Job, report: SearchReport) -> Iterator[bool]:
    """The same for a search."""
    from experiments.search.final import write_search

    with _saved(console, job, lambda: write_search(job, report), "search.html") as written:
        yield written


def keep_asked(console: Console, job: Job) -> None:
    """Free what `resources.keep` does not keep of a run that has written its report, and say how much that was.

    For when nothing of this command runs any more.
    """
    from experiments.cli.prune import size
    from experiments.run.weights.prune import retain

    keep = job.curriculum.resources.keep
    if keep == "all":
        return
    found = retain(job.store, keep, job.run)
    if found is None:
        told = f"Nothing was freed: another command uses the store. Later: stagewise prune --store {job.store.url}"
    else:
        told = f"Freed {size(found.bytes)}: the weights of {len(found.nodes)} nodes (`resources.keep: {keep}`)."
    console.print(told, highlight=False, soft_wrap=True, markup=False)


@contextmanager
def _saved(console: Console, job: Job, write: Callable[[], None], page: str) -> Iterator[bool]:
    from domains.errors import StoreError

    written, told = True, f"The whole report: {job.store.url}/{job.run}/{page}"
    try:
        write()
    except StoreError as error:
        written, told = False, f"[bold red]error:[/] {escape(str(error))}"
    yield written
    console.print(told, highlight=False, soft_wrap=True)
