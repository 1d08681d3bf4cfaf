"""``stagewise profile``: how uncertain the base model is on each domain."""

from __future__ import annotations

import typer

from experiments.cli.options import Address, ExecutorOption, File, Json, Seeds, Sets, StoreUrl


def profile(
    file: File,
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
    executor: ExecutorOption = "ray",
    address: Address = None,
    json: Json = False,
) -> None:
    """Measure the base model alone: how uncertain it is on every domain (its entropy), and which guards suit it.

    Guards pick prompts of the right difficulty, or end a stage in time; the lines to paste are printed.

    With `guards: recommended` it is printed what was chosen, and why.

    What training on a domain changes in that is printed too once `plan` or `run` has trained the probes.
    """
    from experiments.analysis.notes.guard_advice import proposal_text, proposed
    from experiments.cli.session import session
    from experiments.nodes.tree import base_node
    from experiments.report.terminal.grounds import profile_table
    from experiments.report.terminal.report import failed_table
    from experiments.run.phases import profile_bases
    from experiments.run.reporting import report_of

    with session(file, store, seeds, executor, address, json, sets=sets) as open_session:
        findings = profile_bases(open_session.job, open_session.executor, open_session.view)
        report = report_of(open_session.job, findings)
        if json:
            typer.echo(report.model_dump_json(include={"run", "domains", "recommended"}, indent=1))
        elif findings.profiles:
            open_session.notes.print(profile_table(findings.profiles))
        else:
            open_session.notes.print("No profiles: add entropy to evaluation.metrics.")
        if findings.complete and not json and not open_session.job.guards:
            base = open_session.job.view.record(base_node(open_session.job.setup))
            text = proposal_text(proposed(open_session.job.curriculum, base))
            open_session.notes.print(text, markup=False, highlight=False, soft_wrap=True)
        if not findings.complete:
            open_session.notes.print(failed_table(report))
            raise typer.Exit(1)
