"""``stagewise push``: a trained model on the Hugging Face hub."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from experiments.cli.console import console_of
from experiments.cli.options import AfterStage, Arm, File, Merged, OneSeed, Seeds, Sets, StoreUrl


def push(
    file: File,
    repo: Annotated[str, typer.Option(metavar="ID", help="Repository on the hub, such as me/my-model.")],
    arm: Arm = None,
    seed: OneSeed = None,
    stage: AfterStage = None,
    merge: Merged = False,
    public: Annotated[bool, typer.Option("--public", help="Make a new repository visible to everybody.")] = False,
    store: StoreUrl = "runs",
    seeds: Seeds = None,
    sets: Sets = None,
) -> None:
    """Upload what `stagewise export` would write to the Hugging Face hub, as you are logged in there."""
    from experiments.cli.stored import stored_job
    from experiments.run.weights.export import Wanted
    from experiments.run.weights.push import check_repo
    from experiments.run.weights.push import push as upload

    check_repo(repo)
    from huggingface_hub import HfApi

    console = console_of()
    job = stored_job(file, seeds, sets, store, console)
    command = shlex.join(["stagewise", *sys.argv[1:]])
    told = upload(job, Wanted(arm, seed, stage, merge), repo, command, HfApi(), private=not public)
    console.print(f"Uploaded to {repo}: {told}.", markup=False, highlight=False, soft_wrap=True)
