"""Searches over orders, replayed. Each keeps the trained order with the best validation total, as a study does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.orders.planners import chosen, planner_names, probes
from benchmarks.orders.replay_search import order_space, replay
from benchmarks.orders.strategy import SeedPositions, Step, Strategy, beginnings, seconds, tree_size
from benchmarks.orders.table import Table
from curricula.schema import Curriculum, SamplerName
from scheduler.measurements import Path
from scheduler.search.pruner import WinnerPruner
from scheduler.search.samplers import SAMPLERS

DRAWS = 20
FRUITLESS = 30
"""Trials in a row that cost nothing: a search that only repeats itself has ended."""


def searchers(draws: int = DRAWS) -> dict[str, Strategy]:
    """Random orders; Optuna's random sampler; its TPE with Kendall's distance; ours.

    `warm`: told first what the orders that ship would train. `pruned`: as `stagewise search` runs it.
    """

    def search(sampler: SamplerName, *, warm: bool = False, prune: bool = False) -> Strategy:
        return Strategy(partial(searched, sampler=sampler, warm=warm, prune=prune), draws)

    return {
        "random": Strategy(drawn, 10 * draws),  # Cheap, and what the others are compared with.
        "optuna_random": search("random"),
        "tpe": search("tpe"),
        "ours": search("ordering"),
        "ours_warm": search("ordering", warm=True),
        "ours_warm_pruned": search("ordering", warm=True, prune=True),
    }


def drawn(table: Table, seen: SeedPositions, draw: int) -> Iterator[Step]:
    """All orders, in random turn."""
    found = table.totals("validation")
    totals = {order: float(found[order][list(seen)].mean()) for order in table.orders}
    turn = [table.orders[at] for at in np.random.default_rng([*seen, draw]).permutation(len(table.orders))]
    trained: frozenset[Path] = frozenset()
    best = turn[0]
    for order in turn:
        trained |= beginnings([order])
        best = order if totals[order] > totals[best] else best
        yield Step(len(trained), best, seconds(table, trained))


def searched(
    table: Table, seen: SeedPositions, draw: int, *, sampler: SamplerName, warm: bool, prune: bool
) -> Iterator[Step]:
    """A study over orders; `warm` begins with the probes and what the orders that ship make of them."""
    curriculum = seeded(order_space(table.curriculum), 1000 * seen[0] + draw)
    yield from replay(
        table,
        seen,
        SAMPLERS[sampler](curriculum, None),
        budget=tree_size(table),
        enqueue=tuple(dict.fromkeys(chosen(table, seen, name) for name in planner_names())) if warm else (),
        pruner=WinnerPruner(curriculum) if prune else None,
        trained=probes(table) if warm else (),
        fruitless=FRUITLESS,
    )


def seeded(curriculum: Curriculum, seed: int) -> Curriculum:
    """The same search with another seed."""
    return curriculum.model_copy(update={"search": curriculum.search.model_copy(update={"seed": seed})})
