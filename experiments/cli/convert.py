"""``stagewise convert``: a model of llama.cpp's as a folder that trains."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.console import console_of


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE.gguf", help="A model in llama.cpp's format, GGUF.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write; it must be new or empty.")],
) -> None:
    """Make a model folder (config, safetensors, tokenizer) of a GGUF file, to be named as `model.id`.

    Its weights become float32 and stay as rough as they were; a file of four bits becomes about six times as large.
    """
    from experiments.models.conversion.gguf import convert as write

    write(file, out)
    told = f"Wrote {out}. In a curriculum: model: {{type: pretrained, id: {out}}}"
    console_of().print(told, markup=False, highlight=False, soft_wrap=True)
