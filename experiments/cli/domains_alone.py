"""`stagewise validate` of a file for `stagewise measure --domains`, which names neither itself nor a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from experiments.cli.findings import print_notes
from experiments.cli.judging import judge_notes
from experiments.cli.preparing import Preparing, cache_of
from experiments.cli.ready import check_ready
from experiments.cli.session import known_embedder, known_rewards

if TYPE_CHECKING:
    from experiments.run.job import Prepared

UNFIT = "Whether items fit into a model is seen by `stagewise measure`, which knows the model."


def validate_domains(file: Path, store: str, sets: Sequence[str] | None, console: Console, *, as_json: bool) -> None:
    """Check the domains, their data, rewards and embedder, and say how many items a model would be asked. Nothing is
    written but to a cache."""
    prepared = _prepared(file, store, sets, console)
    notes = [note for note in prepared.notes if note not in prepared.of_training]
    notes += judge_notes(prepared, file, sets, console)
    asked = {name: len(splits["test"]) for name, splits in prepared.data.items()}
    if as_json:
        typer.echo(json.dumps({"file": str(file), "test_items": asked, "notes": notes}, indent=1))
        return
    console.print(f"{file} is valid for `stagewise measure`.", markup=False, highlight=False, soft_wrap=True)
    for name, count in asked.items():
        told = f"  {name} ({prepared.curriculum.domains[name].kind}): {count:,} test items"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    print_notes(console, notes)
    console.print(UNFIT, markup=False, highlight=False, soft_wrap=True)


def _prepared(file: Path, store: str, sets: Sequence[str] | None, console: Console) -> Prepared:
    from curricula.loader import at_set, load_domains
    from domains.errors import UserError, together
    from experiments.run.job import prepare_data

    curriculum = load_domains(file, sets=sets or ())
    check_ready(curriculum, file)
    told = Preparing()
    try:
        with told.shown(console):
            known = known_embedder(known_rewards(curriculum, file), file)
            return prepare_data(known, file, kept=cache_of(store, writes=False), told=told)
    except UserError as error:
        raise together([at_set(one, file, sets or ()) for one in error.every]) from error
