"""Prints what was found before a run, and by its probes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from experiments.cli.console import console_of

if TYPE_CHECKING:
    from experiments.run.findings import Findings


def print_findings(console: Console, findings: Findings) -> None:
    """Profiles, transfer matrix and plan; what is not there is left out."""
    from experiments.analysis.stages.entropy_effects import entropy_effects
    from experiments.report.terminal.grounds import ENTROPY, plan_text, profile_table, transfer_table

    if findings.profiles:
        console.print(profile_table(findings.profiles))
    if moved := entropy_effects(findings.profiles):
        console.print(transfer_table(moved, ENTROPY))
    if findings.transfer:
        console.print(transfer_table(findings.transfer))
    if findings.plan:
        console.print(plan_text(findings.plan))


def print_notes(console: Console, notes: Sequence[str]) -> None:
    """What is allowed, and perhaps not meant."""
    for note in notes:
        console.print(Text("Note: ", style="yellow") + Text(note), soft_wrap=True)


def warn(notes: Console, line: str) -> None:
    """One yellow line among the progress."""
    notes.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)


def aside(note: str | None) -> None:
    """On standard error, also without ``--json``: standard output is what was asked for."""
    if note:
        console_of(stderr=True).print(note, markup=False, highlight=False, soft_wrap=True)
