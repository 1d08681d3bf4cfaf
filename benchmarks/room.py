"""Room on disk of a search before and after `stagewise prune`, and what the same search then trains again.

    python -m benchmarks.room [TRIALS]

The search is of the demo's domains with stages of a few steps, in one process and a store of its own. Each `--keep`
prunes a copy of that store, in which the same command is then given once more. One line of JSON: megabytes of the whole
store and of the weights in it, nodes with weights, and nodes that the second command trained. Bytes are those of the
files, as `stagewise prune` counts them.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, get_args

from benchmarks.arguments import arguments
from benchmarks.chain import timed
from curricula.schema.resources import Keep
from experiments.store import Store

FILE = Path(__file__).parents[1] / "curricula" / "demo.yaml"
SHORT = (
    "model.warmup.steps=200",
    "training.steps=4",
    "training.prompts=4",
    "training.rollouts=4",
    "stages={}",
    "evaluation.validation=24",
    "evaluation.test=24",
    "evaluation.entropy_items=8",
    "seeds=[0]",
    "search.fresh_seeds=[101]",
)
"""What makes the demo's stages short: how large weights are does not depend on it."""
KEEPS = tuple(keep for keep in get_args(Keep) if keep != "all")


def stagewise(*words: object) -> None:
    """A command, to its end. RuntimeError where it fails."""
    timed(str(Path(sys.executable).with_name("stagewise")), *map(str, words))


def search(store: Path, trials: int) -> None:
    """The command whose store is looked at."""
    sets = (word for one in SHORT for word in ("--set", one))
    stagewise("search", FILE, "--trials", trials, "--store", store, "--executor", "inline", *sets)


def room(store: Path) -> dict[str, Any]:
    """What the store takes."""
    files = [(file, file.stat().st_size) for file in store.rglob("*") if file.is_file()]
    weights = sum(size for file, size in files if file.suffix == ".safetensors")
    return {
        "megabytes": round(sum(size for _, size in files) / 1e6, 1),
        "of_weights": round(weights / 1e6, 1),
        "nodes_with_weights": len(Store.open(str(store)).trained()),
    }


def main(trials: int = 40) -> dict[str, Any]:
    """All figures; also printed as JSON."""
    with tempfile.TemporaryDirectory(prefix="stagewise-bench-") as name:
        searched = Path(name, "searched")
        search(searched, trials)
        found: dict[str, Any] = {"before": room(searched)}
        for keep in KEEPS:
            store = Path(shutil.copytree(searched, Path(name, keep)))
            stagewise("prune", "--store", store, "--keep", keep)
            left, there = room(store), Store.open(str(store)).trained()
            search(store, trials)
            found[keep] = left | {"trained_again": len(Store.open(str(store)).trained() - there)}
            shutil.rmtree(store)
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main(*map(int, arguments(__doc__)[:1]))
