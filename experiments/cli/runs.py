"""``stagewise runs``: what a store holds."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from domains.errors import StoreError
from experiments.cli.console import console_of
from experiments.cli.options import Json, StoreUrl

if TYPE_CHECKING:
    from experiments.store import Store


def runs(store: StoreUrl = "runs", json: Json = False) -> None:
    """List the runs in a store: finished or not, and their verdicts."""
    from experiments.store import Store

    opened = Store.open(store, create=False)
    rows = [_row(name, *_report(opened, name)) for name in opened.runs()]
    if json:
        typer.echo(jsonlib.dumps(rows, indent=1))
        return
    if not rows:
        console_of().print(f"No runs in {opened.url} yet.", highlight=False)
        return
    table = Table("run", "state", "verdict", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["run"], row["state"], row["verdict"] or "–")
    console_of().print(table)


def _report(store: Store, name: str) -> tuple[str, str | None]:
    """Which command reported, and its text: of the run, or else of its search; "" where it cannot be read."""
    try:
        found = store.read_run(name, "report.json")
        return ("report", found) if found is not None else ("search", store.read_run(name, "search.json"))
    except (StoreError, ValueError):
        return "report", ""


def _row(name: str, command: str, text: str | None) -> dict[str, Any]:
    from experiments.analysis.report_format import other_format

    if text is None:
        return {"run": name, "state": "not finished", "verdict": None}
    try:
        report = jsonlib.loads(text)
        missing, verdict = len(report["missing"]), str(report["verdict"])
        other = other_format(report, _formats()[command], f"stagewise {command}")
    except (ValueError, KeyError, TypeError):
        return {"run": name, "state": "report unreadable", "verdict": None}
    if other:
        return {"run": name, "state": other, "verdict": None}
    return {"run": name, "state": f"{missing} missing" if missing else "done", "verdict": verdict}


def _formats() -> dict[str, int]:
    """Command → the format of what it writes."""
    from experiments.analysis import report
    from experiments.search.analysis import report as search_report

    return {"report": report.FORMAT, "search": search_report.FORMAT}
