"""Which transfer model predicts orders that it has not seen: every variant on every table, as JSON.

    python -m benchmarks.orders.models [folder …]

Tasks, each a set of trained paths and the complete orders to predict:

    level-1     the base and one stage a domain; all orders
    pairs-half  that and a random half of the paths of two stages, in five draws
    pairs       that and all paths of two stages
    subtree-2   for each domain d: all paths of at most two stages, but those longer than one that begin with d are
                left out; the orders that begin with d
    subtree     the same with paths of all lengths: leave one subtree out

`rmse` and `spearman` compare predicted with measured validation totals, means over all seeds, over all predictions of
a task together. `unseen` is the rank correlation of what a model of one seed's validation scores predicts with the
mean test total of the other seeds, averaged over seeds: what a planner with one seed gets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path as File

import numpy as np
from scipy import stats

from benchmarks.arguments import arguments
from benchmarks.orders.table import Table, read_table
from benchmarks.orders.transfer_model import VARIANTS, VariantName, fit, node_noise
from scheduler.measurements import Array, Path

HERE = File(__file__).parent
DRAWS = 5
Task = tuple[tuple[Path, ...], tuple[Path, ...]]
"""What is known, besides the base; what is asked."""


def tasks(table: Table) -> dict[str, list[Task]]:
    """Name → its parts; their predictions are judged together."""
    paths = tuple(sorted(path for path in table.items["validation"] if path))
    upto = {depth: tuple(path for path in paths if len(path) <= depth) for depth in (1, 2)}
    return {
        "level-1": [(upto[1], table.orders)],
        "pairs-half": [((*upto[1], *half), table.orders) for half in _halves([p for p in paths if len(p) == 2])],
        "pairs": [(upto[2], table.orders)],
        "subtree-2": [_without(upto[2], table.orders, name) for name in table.domains],
        "subtree": [_without(paths, table.orders, name) for name in table.domains],
    }


def judge(table: Table, variant: VariantName) -> dict[str, dict[str, float]]:
    """Task → figures of one variant."""
    return {name: _figures(table, variant, parts) for name, parts in tasks(table).items()}


def predictions(table: Table, variant: VariantName, task: Task, seeds: Sequence[int]) -> Array:
    """Predicted totals of the orders asked for, from the validation scores of some seeds."""
    known, asked = task
    m = table.measurements(((), *known), seeds)
    decay = table.curriculum.schedule.lr_decay
    model = fit(m.domains, {path: m.mean(path) for path in m.scores}, node_noise(m), lr_decay=decay, variant=variant)
    return np.asarray(model.predict(asked) @ m.weights)


def main() -> None:
    """Print one JSON object: table → task → variant → figures."""
    folders = [File(name) for name in arguments(__doc__)] or sorted(file.parent for file in HERE.glob("*/items.csv.gz"))
    found = {}
    for folder in folders:
        table = read_table(folder)
        judged = {variant: judge(table, variant) for variant in VARIANTS}
        found[folder.name] = {
            task: {variant: _rounded(figures[task]) for variant, figures in judged.items()} for task in tasks(table)
        }
    print(json.dumps(found, indent=1))


def _figures(table: Table, variant: VariantName, parts: list[Task]) -> dict[str, float]:
    validation, test = table.totals("validation"), table.totals("test")
    every = range(len(table.seeds))
    started = time.perf_counter()
    predicted = np.concatenate([predictions(table, variant, part, every) for part in parts])
    seconds = time.perf_counter() - started
    asked = [order for _, orders in parts for order in orders]
    measured = np.array([validation[order].mean() for order in asked])
    unseen = []
    for seed in every if len(every) > 1 else ():
        others = [other for other in every if other != seed]
        truth = np.array([test[order][others].mean() for order in asked])
        own = np.concatenate([predictions(table, variant, part, [seed]) for part in parts])
        unseen.append(float(stats.spearmanr(own, truth).statistic))
    return {
        "rmse": float(np.sqrt(np.mean((predicted - measured) ** 2))),
        "spearman": float(stats.spearmanr(predicted, measured).statistic),
        "unseen": float(np.mean(unseen)) if unseen else float("nan"),
        "milliseconds": 1000 * seconds / len(parts),
    }


def _halves(pairs: list[Path]) -> Iterator[tuple[Path, ...]]:
    for draw in range(DRAWS):
        picked = np.random.default_rng(draw).permutation(len(pairs))[: len(pairs) // 2]
        yield tuple(pairs[at] for at in sorted(picked))


def _without(known: tuple[Path, ...], orders: tuple[Path, ...], name: str) -> Task:
    """No path longer than one stage that begins with `name`; the orders that do."""
    return (
        tuple(path for path in known if len(path) == 1 or path[0] != name),
        tuple(order for order in orders if order[0] == name),
    )


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.3g}") for name, value in figures.items()}


if __name__ == "__main__":
    main()
