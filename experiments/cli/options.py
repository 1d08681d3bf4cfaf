"""Options that several commands share. None of them repeats what the YAML says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from domains.errors import UserError

SEEDS = re.compile(r"\s*-?[0-9]{1,18}\s*(,\s*-?[0-9]{1,18}\s*)*")
"""As the curriculum reads numbers: at most 18 digits."""

ExecutorName = Literal["ray", "inline"]

File = Annotated[Path, typer.Argument(metavar="FILE", help="The curriculum, a YAML file.", show_default=False)]
StoreUrl = Annotated[
    str, typer.Option("--store", metavar="URL", help="Where results are kept: a folder, s3://… or gs://….")
]
Seeds = Annotated[
    str | None,
    typer.Option(
        metavar="0,1,2",
        help="Seeds in place of the curriculum's; each repeats everything.",
        show_default=False,
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A value in place of the curriculum's, written as in YAML: --set training.steps=20 --set "
        "domains.sums.rewards[0].weight=2. A path in it starts at the working directory, one in FILE at FILE's folder.",
        show_default=False,
    ),
]
ExecutorOption = Annotated[
    ExecutorName,
    typer.Option("--executor", help="ray: in worker processes, several at once; inline: in this process, one by one."),
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="ADDR",
        help="Address of a running Ray cluster, or local to start one here; default: $RAY_ADDRESS, else local.",
        show_default=False,
    ),
]
Arm = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which arm, as the report names it; default: the schedule."),
]
OneSeed = Annotated[int | None, typer.Option(metavar="N", help="Of which of the seeds; default: the first.")]
AfterStage = Annotated[
    int | None,
    typer.Option(metavar="K", help="As it was after stage K; 0: the base model; default: after the last."),
]
Merged = Annotated[bool, typer.Option("--merge", help="Add a LoRA adapter to the model's weights.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, all else on standard error.")]


def parse_seeds(text: str | None) -> tuple[int, ...] | None:
    """``0,1,2`` → (0, 1, 2). Raises UserError."""
    if text is None:
        return None
    if not SEEDS.fullmatch(text):
        raise UserError(
            "must be whole numbers with commas between",
            key="--seeds",
            value=text,
            hint="For example: --seeds 0,1,2.",
        )
    seeds = tuple(int(part) for part in text.split(","))
    if len(set(seeds)) != len(seeds):
        raise UserError("seeds must be distinct", key="--seeds", value=text)
    return seeds
