"""``stagewise run``: the whole job."""

from __future__ import annotations

import typer

from experiments.cli.options import Address, ExecutorOption, File, Json, Seeds, Sets, StoreUrl


def run(
    file: File,
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
    executor: ExecutorOption = "ray",
    address: Address = None,
    json: Json = False,
) -> None:
    """Profile, probe, plan, train all arms, compare them with joint training, and write the report.

    Run the same command again to go on after an interruption: finished stages are not run again.
    """
    from experiments.cli.findings import print_findings
    from experiments.cli.saving import keep_asked, save
    from experiments.cli.session import session
    from experiments.report.terminal.report import print_report
    from experiments.run.phases import run as run_job

    with session(file, store, seeds, executor, address, json, sets=sets) as open_session:
        notes, job = open_session.notes, open_session.job
        report = run_job(
            job, open_session.executor, open_session.view, lambda findings: print_findings(notes, findings)
        )
        if json:
            typer.echo(report.model_dump_json(indent=1))
        else:
            print_report(notes, report)
        written = save(notes, job, report)
    if report.missing or not written:
        raise typer.Exit(1)
    keep_asked(notes, job)
