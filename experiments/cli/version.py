"""``stagewise --version``: what to write into a report of a fault."""

from __future__ import annotations

from typing import Annotated

import typer


def version_line() -> str:
    """Version, commit of a checkout, Python and torch; nothing heavy is loaded for it."""
    from experiments.nodes.provenance import provenance

    here = provenance()
    commit = f" (commit {here.commit[:12]}{', changed since' * bool(here.dirty)})" if here.commit else ""
    torch = here.packages.get("torch")
    return f"stagewise {here.stagewise}{commit}, Python {here.python}, {f'torch {torch}' if torch else 'no torch'}"


def _show(asked: bool) -> None:
    if asked:
        typer.echo(version_line())
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_show, is_eager=True, help="Show the versions of stagewise, Python and torch."),
]


def options(version: Version = False) -> None:
    """What may stand before a command's name."""
