"""Tables of made-up orders: what a replay needs, at no training cost."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from benchmarks.orders.table import Table
from curricula.schema import Curriculum
from domains.example import Split
from scheduler.measurements import Array, Path
from scheduler.prediction.predict import predict

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


def synthetic_table(rng: int, *, domains: int = 4, seeds: int = 3, luck: float = 0.01, bent: float = 0.03) -> Table:
    """Every order of some domains: constant transfer, plus what breaks it.

    `bent` is the deviation of what a stage does after a given path from what it does after others; `luck` that of a
    stage run from another with another seed. Both are inherited by the stages that follow, but for the domain that
    these are about.
    """
    draws, names = np.random.default_rng(rng), NAMES[:domains]
    base = draws.uniform(0.3, 0.7, domains)
    transfer = draws.normal(-0.03, 0.06, (domains, domains))
    np.fill_diagonal(transfer, draws.uniform(0.05, 0.3, domains))
    offsets: dict[Path, Array] = {(): np.zeros((seeds, domains))}
    paths = [path for length in range(1, domains + 1) for path in permutations(names, length)]
    for path in paths:
        kept = offsets[path[:-1]].copy()
        kept[:, names.index(path[-1])] = 0.0
        offsets[path] = kept + draws.normal(0, bent, domains) + draws.normal(0, luck, (seeds, domains))
    items: dict[Split, dict[Path, tuple[Array, ...]]] = {"validation": {}, "test": {}}
    for split, cells in items.items():
        noise = 0.01 if split == "validation" else 0.0
        for path, offset in offsets.items():
            scores = predict(path, names, base, transfer) + offset + draws.normal(0, noise, (seeds, domains))
            cells[path] = tuple(scores[:, j : j + 1] for j in range(domains))
    return Table(_curriculum(names, seeds), tuple(range(seeds)), items, {})


def _curriculum(names: Path, seeds: int) -> Curriculum:
    domain = {"kind": "structured", "source": {"type": "stories"}, "rewards": [{"type": "exact"}]}
    return Curriculum.model_validate(
        {
            "name": "synthetic",
            "model": {"type": "scratch"},
            "domains": dict.fromkeys(names, domain),
            "seeds": tuple(range(seeds)),
        }
    )
