"""``stagewise run``: the whole job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from experiments.cli.options import Address, ExecutorOption, File, Json, Seeds, Sets, StoreUrl

if TYPE_CHECKING:
    from experiments.run.findings import Findings


def run(
    file: File,
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
    executor: ExecutorOption = "ray",
    address: Address = None,
    json: Json = False,
) -> None:
    """Find the order, train it beside joint training and other rivals (the arms), and report which is better.

    Probes, short stages of one domain each, tell the order; `validate` says which arms there will be, at what cost.

    Leaves report.html in the run's folder.

    Run the same command again to go on after an interruption: finished stages are not run again.
    """
    from experiments.cli.findings import print_findings
    from experiments.cli.saving import keep_asked, saved
    from experiments.cli.session import session
    from experiments.report.terminal.report import print_report
    from experiments.run.phases import run as run_job

    with session(file, store, seeds, executor, address, json, sets=sets) as open_session:
        notes, job = open_session.notes, open_session.job
        shown: list[Findings] = []

        def show(findings: Findings) -> None:
            shown.append(findings)
            print_findings(notes, findings)

        report = run_job(job, open_session.executor, open_session.view, show)
        with saved(notes, job, report) as written:
            if json:
                typer.echo(report.model_dump_json(indent=1))
            else:
                print_report(notes, report, planned=shown[0].plan if shown else None, said=open_session.said)
    if report.missing or not written:
        raise typer.Exit(1)
    keep_asked(notes, job)
