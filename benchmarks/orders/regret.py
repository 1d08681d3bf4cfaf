"""Regret against the best of all orders by stage runs spent, replayed on the tables beside this module.

    python -m benchmarks.orders.regret > benchmarks/orders/regret.json

One JSON. `regret` is by test scores of seeds that the strategy never saw (see judge.py), `spent` counts every stage
run a seed until the chosen order is trained too, shared beginnings once; `summary_by_seconds` counts their training
time instead, in units of the mean stage's. Intervals are 95 % (see intervals.py).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.orders.intervals import described, spelled, within
from benchmarks.orders.judge import Curves, Judge, judge, replayed
from benchmarks.orders.searchers import DRAWS
from benchmarks.orders.strategies import strategies
from benchmarks.orders.strategy import Strategy, tree_size
from benchmarks.orders.summary import summarise
from benchmarks.orders.table import Table, read_table
from scheduler.measurements import Array

HERE = Path(__file__).parent


def read_tables(folder: Path) -> dict[str, Table]:
    """Curriculum → its table, for every one in the folder; ends the program where there is none."""
    found = sorted(file.parent for file in folder.glob("*/items.csv.gz"))
    if not found:
        raise SystemExit(f"{folder}: no tables. Train them first: python -m benchmarks.orders.train.")
    return {place.name: read_table(place) for place in found}


def measure(given: Mapping[str, Table], judged: Mapping[str, Strategy], seen: int = 1) -> dict[str, object]:
    """Everything that is printed. ValueError where trees have different sizes."""
    sizes = {tree_size(table) for table in given.values()}
    if len(sizes) != 1:
        raise ValueError(f"curves can be pooled over trees of one size only, got {sorted(sizes)}")
    judges = {name: judge(table, seen) for name, table in given.items()}
    found = {
        label: {name: replayed(table, judges[name], strategy) for name, table in given.items()}
        for label, strategy in judged.items()
    }
    replays, timed = (
        {label: {name: getattr(each, by) for name, each in one.items()} for label, one in found.items()}
        for by in ("runs", "seconds")
    )
    return {
        "seeds_seen": seen,
        "curricula": {name: _described(table) for name, table in given.items()},
        "references": _references(judges),
        "summary": summarise(judges, replays),
        "summary_by_seconds": summarise(judges, timed),
        "curves": {label: _panels(found) for label, found in replays.items()},
    }


def main() -> None:
    """Print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=Path, default=HERE, help="folder of tables; default: beside this module")
    parser.add_argument("--draws", type=int, default=DRAWS, help="replays of strategies that draw")
    parser.add_argument("--seen", type=int, default=1, help="training seeds that a strategy sees; the others judge it")
    given = parser.parse_args()
    print(json.dumps(measure(read_tables(given.tables), strategies(given.draws), given.seen)))


def _described(table: Table) -> dict[str, object]:
    items = {name: block.shape[1] for name, block in zip(table.domains, table.items["validation"][()], strict=True)}
    return {
        "domains": list(table.domains),
        "seeds": list(table.seeds),
        "orders": len(table.orders),
        "stage_runs": tree_size(table),
        "validation_items": items,
    }


def _references(judges: Mapping[str, Judge]) -> dict[str, object]:
    names = ("oracle", "exhaustive", "mean", "worst")
    return {name: described({label: one.references[name] for label, one in judges.items()}) for name in names}


def _panels(replayed: Mapping[str, Curves]) -> dict[str, dict[str, list[float]]]:
    """Curriculum, or `pooled` → mean, low and high at every number of runs."""
    values = {name: found.truth for name, found in replayed.items()}
    panels: dict[str, Mapping[str, Array]] = {name: {name: rows} for name, rows in values.items()}
    if len(values) > 1:
        panels["pooled"] = values
    return {panel: _bands(rows) for panel, rows in panels.items()}


def _bands(values: Mapping[str, Array]) -> dict[str, list[float]]:
    runs: Sequence[int] = range(next(iter(values.values())).shape[1])
    points = [spelled(within({name: rows[:, at] for name, rows in values.items()})) for at in runs]
    return {key: [point[key] or 0.0 for point in points] for key in ("mean", "low", "high")}


if __name__ == "__main__":
    main()
