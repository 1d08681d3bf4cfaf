"""Writes reports beside their run and says where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from experiments.analysis.report import Report
    from experiments.run.job import Job
    from experiments.search.analysis.report import SearchReport


def save(console: Console, job: Job, report: Report) -> bool:
    """Write the files. Where that fails, say why and return False: what was measured is printed all the same."""
    from experiments.run.phases import write_report

    return _save(console, job, lambda: write_report(job, report), "report.html")


def save_search(console: Console, job: Job, report: SearchReport) -> bool:
    """The same for a search."""
    from experiments.search.final import write_search

    return _save(console, job, lambda: write_search(job, report), "search.html")


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


def _save(console: Console, job: Job, write: Callable[[], None], page: str) -> bool:
    from domains.errors import StoreError

    try:
        write()
    except StoreError as error:
        console.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return False
    console.print(f"The whole report: {job.store.url}/{job.run}/{page}", highlight=False, soft_wrap=True)
    return True
