"""``stagewise runs``: what a store holds."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from domains.errors import StoreError
from experiments.cli.options import Json, StoreUrl

if TYPE_CHECKING:
    from experiments.store import Store


def runs(store: StoreUrl = "runs", json: Json = False) -> None:
    """List the runs in a store with their verdicts."""
    from experiments.store import Store

    opened = Store.open(store, create=False)
    rows = [_row(name, _report(opened, name)) for name in opened.runs()]
    if json:
        typer.echo(jsonlib.dumps(rows, indent=1))
        return
    if not rows:
        Console().print(f"No runs in {opened.url} yet.", highlight=False)
        return
    table = Table("run", "state", "verdict", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["run"], row["state"], row["verdict"] or "–")
    Console().print(table)


def _report(store: Store, name: str) -> str | None:
    """Of the run, or else of its search; "" where there is one that cannot be read."""
    try:
        found = store.read_run(name, "report.json")
        return store.read_run(name, "search.json") if found is None else found
    except (StoreError, ValueError):
        return ""


def _row(name: str, text: str | None) -> dict[str, Any]:
    if text is None:
        return {"run": name, "state": "not finished", "verdict": None}
    try:
        report = jsonlib.loads(text)
        missing, verdict = len(report["missing"]), str(report["verdict"])
    except (ValueError, KeyError, TypeError):
        return {"run": name, "state": "report unreadable", "verdict": None}
    return {"run": name, "state": f"{missing} missing" if missing else "done", "verdict": verdict}
