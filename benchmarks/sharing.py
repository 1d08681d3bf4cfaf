"""Stage runs for all orders of 3 to 6 domains, with and without shared beginnings."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

from benchmarks.arguments import arguments
from curricula.schema import Evaluation, ScratchModel
from curricula.stage import Schedule, Stage, Training
from experiments.nodes.setup import Setup
from experiments.nodes.tree import grow
from scheduler.path_text import order_text


def stage_runs(domains: int) -> dict[str, float]:
    """Stage runs of one seed, shared and unshared, and their ratio."""
    setup = Setup(model=ScratchModel(type="scratch"), domains={}, evaluation=Evaluation())
    stages = {name: Stage(mixture={name: 1.0}, training=Training()) for name in "abcdef"[:domains]}
    orders = permutations(stages)
    tree = grow(
        setup,
        (
            Schedule(name=order_text(order), role="order", stages=tuple(stages[name] for name in order))
            for order in orders
        ),
        (0,),
    )
    return {
        "shared": tree.stage_runs,
        "unshared": tree.unshared,
        "ratio": round(tree.stage_runs / tree.unshared, 3),
    }


def main() -> dict[str, Any]:
    """All figures, by number of domains; also printed as JSON."""
    result = {str(domains): stage_runs(domains) for domains in (3, 4, 5, 6)}
    print(json.dumps(result))
    return result


if __name__ == "__main__":
    arguments(__doc__)
    main()
