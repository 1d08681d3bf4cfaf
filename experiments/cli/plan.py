"""``stagewise plan``: what each domain does to each other one, and the order that follows."""

from __future__ import annotations

import typer

from experiments.cli.options import Address, ExecutorOption, File, Json, Seeds, Sets, StoreUrl


def plan(
    file: File,
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
    executor: ExecutorOption = "ray",
    address: Address = None,
    json: Json = False,
) -> None:
    """Only find the order: train one short stage a domain (a probe), and print what each does to all, and the order.

    What it trains is not trained again by `run`.
    """
    from experiments.cli.findings import print_findings, print_notes
    from experiments.cli.session import session
    from experiments.report.terminal.report import failed_table
    from experiments.run.phases import probe
    from experiments.run.reporting import report_of

    with session(file, store, seeds, executor, address, json, sets=sets) as open_session:
        findings = probe(open_session.job, open_session.executor, open_session.view)
        report = report_of(open_session.job, findings)
        if json:
            typer.echo(report.model_dump_json(include={"run", "domains", "recommended", "transfer", "plan"}, indent=1))
        else:
            print_findings(open_session.notes, findings)
            said = open_session.said
            print_notes(open_session.notes, [note for note in report.data_notes if note not in said])
        if not findings.complete:
            open_session.notes.print(failed_table(report))
            raise typer.Exit(1)
