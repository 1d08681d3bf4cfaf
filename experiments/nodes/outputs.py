"""What a model said and how likely it found what was given: recorded once, for every measure to come.

One compressed file of JSON lines a task. Sums are over tokens, in nats.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import FiniteFloat

from domains.frozen import Frozen

Arm = Literal[
    "at_once",
    "quarter",
    "half",
    "three_quarters",
    "whole",
    "filler",
    "mistaken",
    "resumed",
    "read_at_once",
    "read_whole",
    "true",
    "false",
    "stated",
    "calculator",
    "shown",
    "paraphrase",
    "reworded",
]
"""What stood before a final answer that was forced: no reasoning, parts of it, all of it, filler in its place, a
mistake in it, and its own rest said anew; what stood before the reference when another model read it; of confidence,
the two answers to whether an answer is right, and the probability that was stated; the answer with a calculator at
hand, and a solution that shows what room one takes; and the reasoning as an endpoint said it in other words, and the
answer that was forced after these."""


class Output(Frozen):
    """One completion, said or given; what was not asked for is None."""

    item: str
    """Identity of the example (`Example.id`)."""
    sample: int = 0
    """Which of the item's completions, or of its options."""
    arm: Arm | None = None
    """What was put before it, where something was asked about an answer."""
    text: str | None = None
    """What the model said, without special tokens."""
    tokens: tuple[int, ...] | None = None
    """The same, with the end token."""
    finish: Literal["stop", "length"] | None = None
    """Whether it ended by itself or `max_tokens` were used up."""
    nll: FiniteFloat | None = None
    """−Σ ln p of the completion under the model."""
    entropy: FiniteFloat | None = None
    """Σ of the predictive entropies before its tokens."""
    kl: FiniteFloat | None = None
    """Σ of KL(base ‖ model) before its tokens."""
    count: int
    """Tokens of the completion."""
    size: int | None = None
    """UTF-8 bytes of a given reference answer."""


class Marked(Frozen):
    """What one completion is worth by one reward."""

    item: str
    sample: int = 0
    score: float
    parsed: str | None = None
    """The answer that the reward found; None where it found none."""
    stopped: bool = False
    """Whether a time limit stopped the marking."""
    unread: bool = False
    """Whether a judge gave no verdict that can be read."""


def read_off(outputs: Iterable[Output], name: Literal["nll", "entropy", "kl", "size"]) -> list[float]:
    """One field of every output. ValueError where it was not asked for: nothing counts as 0 in silence."""
    values = [getattr(one, name) for one in outputs]
    if None in values:
        raise ValueError(f"an output has no {name}")
    return values


Row = TypeVar("Row", bound=Frozen)


def write_rows(file: Path, rows: Iterable[Frozen]) -> None:
    """One JSON object a line, gzipped; the same rows give the same bytes."""
    with file.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as stream:
        for row in rows:
            stream.write(row.model_dump_json(exclude_none=True).encode() + b"\n")


def read_rows(file: Path, kind: type[Row]) -> list[Row]:
    """What `write_rows` wrote. Raises ValueError where the file is not that, OSError where it cannot be had."""
    try:
        with gzip.open(file, "rb") as stream:
            return [kind.model_validate_json(line) for line in stream]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{file.name} is cut off or damaged: {error}") from error
