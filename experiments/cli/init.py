"""``stagewise init``: a starter file."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.console import console_of
from experiments.cli.options import Json


def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the curriculum; NAME.yaml is written.")],
    folder: Annotated[Path, typer.Option("--in", metavar="FOLDER", help="Where to write it.")] = Path(),
    json: Json = False,
) -> None:
    """Write a commented curriculum that runs as it is, and the JSON Schema by which editors explain its keys."""
    from curricula.starter import starter_files
    from domains.errors import UserError

    files = starter_files(name.removesuffix(".yaml"))
    curriculum = folder / next(iter(files))
    if curriculum.exists():
        raise UserError("is there already", file=str(curriculum), hint="Choose another name or remove it.")
    _check_schema(folder / list(files)[1])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", file=str(folder)) from error
    if json:
        typer.echo(dumps({"files": [str(folder / file) for file in files]}))
        return
    console_of().print(f"Wrote {curriculum}. Next: stagewise validate {curriculum}", highlight=False, soft_wrap=True)


def _check_schema(file: Path) -> None:
    """An older schema of ours is replaced, anything else is not. Raises UserError."""
    from domains.errors import UserError

    if file.exists() and '"title": "stagewise curriculum"' not in file.read_text("utf-8", errors="replace"):
        raise UserError("is there already and is not ours", file=str(file), hint="Move it away, or use --in.")
