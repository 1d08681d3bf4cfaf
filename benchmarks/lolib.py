"""Linear ordering of the library's input-output matrices (44 to 60 objects), and of 200 and 300 random ones.

    python -m benchmarks.lolib [FOLDER [SECONDS]]

FOLDER holds the matrices (first number n, then n×n) and optima.json, their proven optima of Σ_{i before j} C[i, j];
default $STAGEWISE_DATA/lolib. Without it only the random matrices are ordered, in SECONDS each, as `stagewise order
--seconds` takes them: of the clock, so that on a busy machine the processor seconds beside them say more.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.arguments import arguments
from scheduler.linear_ordering import LinearOrdering, best_order
from scheduler.linear_ordering.solver import SECONDS
from scheduler.measurements import Array

RANDOM = (200, 300)
MEAN = 49.5
"""Of the random cells."""


def read(file: Path) -> Array:
    """C of one file."""
    size, *cells = file.read_text("utf-8").split()
    return np.array(cells, dtype=float).reshape(int(size), int(size))


def timed(transfer: Array, seconds: float = SECONDS) -> tuple[LinearOrdering, dict[str, Any]]:
    """The answer, and its size, wall seconds and processor seconds."""
    start = time.process_time()
    found = best_order([f"d{at:03}" for at in range(len(transfer))], np.ones(len(transfer)), transfer, seconds=seconds)
    spent = time.process_time() - start
    return found, {"n": len(transfer), "seconds": round(found.seconds, 2), "cpu_seconds": round(spent, 2)}


def lolib(folder: Path) -> dict[str, dict[str, Any]]:
    """By matrix. The sum over i before j of C is the one over i after j of C transposed."""
    optima = json.loads((folder / "optima.json").read_text("utf-8"))
    rows = {}
    for name, optimum in optima.items():
        found, row = timed(read(folder / name).T)
        rows[name] = row | {"proven": found.proven, "optimal": found.best.objective == optimum}
    return rows


def random(size: int, seconds: float = SECONDS) -> dict[str, Any]:
    """Whole numbers from 0 to 99, the hardest kind: nothing ties the rows together. `less_mean`: the same matrix with
    their mean taken off each cell, so that effects have both signs; orders and gap stay as they are."""
    found, row = timed(np.random.default_rng(0).integers(0, 100, (size, size)).astype(float), seconds)
    best, bound, shift = found.best.objective, found.bound, MEAN * size * (size - 1) / 2
    shares = {"bound/objective": round(bound / best, 4), "less_mean": round((bound - shift) / (best - shift), 4)}
    return row | {"objective": best, "bound": bound, "proven": found.proven, **shares, "aim": "<= 60 s, <= 1.05"}


def main(folder: Path | None = None, seconds: float = SECONDS) -> dict[str, Any]:
    """All figures; also printed as JSON."""
    if folder is None and (data := os.environ.get("STAGEWISE_DATA")):
        folder = Path(data) / "lolib"
    result: dict[str, Any] = {"random": [random(size, seconds) for size in RANDOM]}
    if folder is None or not folder.is_dir():
        result["lolib"] = "skipped: no such folder; name it, or set STAGEWISE_DATA"
    else:
        result["lolib"] = lolib(folder)
        result["proven"] = sum(row["proven"] and row["optimal"] for row in result["lolib"].values())
        result["most_seconds"] = max(row["seconds"] for row in result["lolib"].values())
        result["aim"] = "all proven and optimal, each <= 10 s on one core"
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    given = arguments(__doc__)
    main(Path(given[0]) if given else None, float(given[1]) if len(given) > 1 else SECONDS)
