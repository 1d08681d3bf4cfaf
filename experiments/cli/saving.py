"""Writes a report beside its run and says where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from experiments.job import Job
    from experiments.report.model import Report


def save(console: Console, job: Job, report: Report) -> bool:
    """Write the files. Where that fails, say why and return False: what was measured is printed all the same."""
    from domains.errors import StoreError
    from experiments.runner import write_report

    try:
        write_report(job, report)
    except StoreError as error:
        console.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return False
    console.print(f"The whole report: {job.store.url}/{job.run}/report.html", highlight=False, soft_wrap=True)
    return True
