"""``stagewise export``: the weights of an arm as a folder that transformers loads, or its schedule for another tool."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from experiments.cli.console import console_of
from experiments.cli.options import AfterStage, Arm, File, Merged, OneSeed, Seeds, Sets, StoreUrl

To = Literal["hf", "trl", "axolotl", "llama-factory", "verl"]


def export(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write; it must not exist.")],
    arm: Arm = None,
    seed: OneSeed = None,
    stage: AfterStage = None,
    merge: Merged = False,
    to: Annotated[
        To,
        typer.Option("--to", help="hf: the model, for transformers. Else: what that tool needs to train the same."),
    ] = "hf",
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
) -> None:
    """Take a trained model out of the store: weights, tokenizer, chat template, model card and curriculum.

    With `--to trl` and others: what that tool needs to train the same schedule.
    """
    from experiments.cli.stored import stored_job
    from experiments.run.weights.export import Wanted, export_recipe
    from experiments.run.weights.export import export as write

    console = console_of()
    job = stored_job(file, seeds, sets, store, console)
    wanted, command = Wanted(arm, seed, stage, merge), shlex.join(["stagewise", *sys.argv[1:]])
    told = write(job, wanted, out, command) if to == "hf" else export_recipe(job, wanted, to, out, command)
    console.print(f"Wrote {out}: {told}.", markup=False, highlight=False, soft_wrap=True)
