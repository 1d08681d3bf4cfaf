"""Does entropy help? Plans from transfer alone, with the entropy prior, and from entropy alone, by the judge's regret.

    python -m benchmarks.orders.ablation

One JSON. Each plan sees the first level of one training seed (or of --seen seeds), from all validation items or from
some drawn at random: a prior should help where transfer is badly measured. Differences are paired by seed; below 0
means less regret than `bwt`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.orders.intervals import described
from benchmarks.orders.judge import Judge, judge
from benchmarks.orders.planners import chosen
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.table import Table
from curricula.schema import OrderName
from scheduler.measurements import Array
from scheduler.orderings import ORDERINGS

PLANS: tuple[OrderName, ...] = ("bwt", "bwt_entropy", "entropy")
ITEMS = (15, 30, 60)
DRAWS = 40
"""Random choices of items, the same for all plans."""


def measure(tables: Mapping[str, Table], seen: int = 1, draws: int = DRAWS) -> dict[str, object]:
    """Items that the plan sees → regret of each plan, and its difference to `bwt`; `any` is a random order."""
    judges = {name: judge(table, seen) for name, table in tables.items()}
    most = min(_items(table) for table in tables.values())
    sizes: list[int | None] = [*(size for size in ITEMS if size < most), None]
    return {
        "all" if size is None else str(size): _compared(
            {name: regrets(table, judges[name], size, draws) for name, table in tables.items()}, judges
        )
        for size in sizes
    }


def regrets(table: Table, judged: Judge, size: int | None, draws: int) -> dict[OrderName, Array]:
    """Plan → regret of what it chose in each view, mean over draws of the items: (views,)."""
    drawn = [table] if size is None else [some_items(table, size, draw) for draw in range(draws)]
    return {
        plan: np.array(
            [
                np.mean([row[judged.at(chosen(each, view, plan))] for each in drawn])
                for view, row in zip(judged.views, judged.truth, strict=True)
            ]
        )
        for plan in PLANS
        if plan in ORDERINGS
    }


def some_items(table: Table, size: int, draw: int) -> Table:
    """The same with `size` validation items a domain after every path; test items and entropies stay."""
    rng = np.random.default_rng([size, draw])
    kept = [rng.permutation(block.shape[1])[:size] for block in table.items["validation"][()]]
    seen = {
        path: tuple(block[:, at] for block, at in zip(blocks, kept, strict=True))
        for path, blocks in table.items["validation"].items()
        if len(path) < 2
    }
    return replace(table, items={"validation": seen, "test": table.items["test"]})


def main() -> None:
    """Print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=Path, default=HERE, help="folder of tables; default: beside this module")
    parser.add_argument("--seen", type=int, default=1, help="training seeds that a plan sees; the others judge it")
    given = parser.parse_args()
    print(json.dumps(measure(read_tables(given.tables), given.seen)))


def _compared(found: Mapping[str, Mapping[OrderName, Array]], judges: Mapping[str, Judge]) -> dict[str, object]:
    plans = next(iter(found.values()))
    by_plan: dict[str, dict[str, Array]] = {plan: {name: rows[plan] for name, rows in found.items()} for plan in plans}
    return {
        "regret": {
            **{plan: described(rows) for plan, rows in by_plan.items()},
            "any": described({name: one.references["mean"] for name, one in judges.items()}),
        },
        "minus_bwt": {
            plan: described({name: row - by_plan["bwt"][name] for name, row in rows.items()})
            for plan, rows in by_plan.items()
            if plan != "bwt"
        },
    }


def _items(table: Table) -> int:
    return min(len(block[0]) for block in table.items["validation"][()])


if __name__ == "__main__":
    main()
