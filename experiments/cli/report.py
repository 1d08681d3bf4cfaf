"""``stagewise report``: the report of whatever is finished."""

from __future__ import annotations

import typer

from experiments.cli.console import console_of
from experiments.cli.options import File, Json, Seeds, Sets, StoreUrl


def report(file: File, store: StoreUrl = "runs", seeds: Seeds = None, sets: Sets = None, json: Json = False) -> None:
    """Print the report of what a run has finished so far, and write its page anew (report.html). Nothing is trained."""
    from domains.errors import UserError
    from experiments.cli.saving import saved
    from experiments.cli.stored import stored_job
    from experiments.report.terminal.report import print_report
    from experiments.run.reporting import report_of

    console = console_of(stderr=json)
    job = stored_job(file, seeds, sets, store, console)
    if job.store.read_run(job.run, "curriculum.yaml") is None:
        raise UserError("was never run in this store", file=str(file), value=job.store.url, hint="See: stagewise runs.")
    made = report_of(job)
    if not made.matrix:
        raise UserError(
            "has no finished stage in this store, so there is nothing to report",
            file=str(file),
            value=job.store.url,
            hint="See: stagewise runs.",
        )
    with saved(console, job, made) as written:
        if json:
            typer.echo(made.model_dump_json(indent=1))
        else:
            print_report(console, made)
    if not written or any(row.state == "failed" for row in made.missing):
        raise typer.Exit(1)
