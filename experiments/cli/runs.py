"""``stagewise runs``: what a store holds."""

from __future__ import annotations

import json as jsonlib
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from experiments.cli.options import Json, StoreUrl


def runs(store: StoreUrl = "runs", json: Json = False) -> None:
    """List the runs in a store with their verdicts."""
    from experiments.store import Store

    opened = Store.open(store, create=False)
    rows = [
        _row(name, opened.read_run(name, "report.json") or opened.read_run(name, "search.json"))
        for name in opened.runs()
    ]
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


def _row(name: str, text: str | None) -> dict[str, Any]:
    if text is None:
        return {"run": name, "state": "not finished", "verdict": None}
    report = jsonlib.loads(text)
    missing = len(report["missing"])
    return {"run": name, "state": f"{missing} missing" if missing else "done", "verdict": report["verdict"]}
