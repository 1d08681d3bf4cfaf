"""``stagewise report``: the report of whatever is finished."""

from __future__ import annotations

import typer
from rich.console import Console

from experiments.cli.options import File, Json, Seeds, StoreUrl


def report(file: File, store: StoreUrl = "runs", seeds: Seeds = None, json: Json = False) -> None:
    """Print the report of a finished, unfinished or failed run, and write its page anew. Nothing is trained."""
    from experiments.cli.session import prepare
    from experiments.job import Job
    from experiments.report.terminal import print_report
    from experiments.runner import report_of, write_report
    from experiments.store import Store

    prepared = prepare(file, seeds)
    job = Job(prepared, Store.open(store, create=False))
    made = report_of(job)
    write_report(job, made)
    if json:
        typer.echo(made.model_dump_json(indent=1))
        return
    console = Console()
    print_report(console, made)
    console.print(f"The whole report: {job.store.url}/{job.run}/report.html", highlight=False, soft_wrap=True)
