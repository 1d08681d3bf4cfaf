"""``stagewise prune``: room on disk, without losing what was found."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from experiments.cli.console import console_of
from experiments.cli.options import StoreUrl


def prune(
    store: StoreUrl,
    keep: Annotated[
        Literal["all", "ends", "best", "none"],
        typer.Option(
            help="Weights that stay: all; those from which no other stage was trained; each run's best arm; none. "
            "Base models and adapters stay always."
        ),
    ] = "ends",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")] = False,
) -> None:
    """Remove weights that nothing needs. Records, scores and what models said stay, so every report stays as it is.

    Of no store unless it is named: this is the one command that takes something away.
    """
    from experiments.run.weights.prune import plan_pruning
    from experiments.run.weights.prune import prune as remove
    from experiments.store import Store
    from experiments.store.lease import using

    opened, console = Store.open(store, create=False), console_of()
    if dry_run:
        found = plan_pruning(opened, keep)
    else:
        with using(opened.files, "prune", unless="run"):
            found = plan_pruning(opened, keep)
            remove(opened, found)
    verb, trained = "Would free" if dry_run else "Freed", len(found.nodes) + found.kept
    waste = f" and {len(found.litter)} folders that interrupted commands left" if found.litter else ""
    told = f"{verb} {size(found.bytes)}: the weights of {len(found.nodes)} of {trained} nodes{waste}."
    console.print(told, highlight=False, soft_wrap=True)
    for run in found.unfinished:
        console.print(f"{run} is not finished: all that it asked for stays.", highlight=False, soft_wrap=True)


def size(count: float) -> str:
    """In words, ``1.2 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"
