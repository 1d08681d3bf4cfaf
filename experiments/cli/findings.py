"""Prints what the probes found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from experiments.run.phases import Findings


def print_findings(console: Console, findings: Findings) -> None:
    """Profiles, transfer matrix and plan; what is not there is left out."""
    from experiments.report.terminal import plan_text, profile_table, transfer_table

    if findings.profiles:
        console.print(profile_table(findings.profiles))
    if findings.transfer:
        console.print(transfer_table(findings.transfer))
    if findings.plan:
        console.print(plan_text(findings.plan))
