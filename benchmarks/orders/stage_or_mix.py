"""Is the plan's advice, to stage or to mix, the better one? Replayed on the tables of all orders and their rivals.

    python -m benchmarks.orders.stage_or_mix > benchmarks/orders/stage_or_mix.json

The advice sees the validation scores of some seeds: base, one stage a domain, the joint probe. It chooses between the
bwt order, sequential or cumulative, and joint training at the same budget. What it chose is judged by the mean test
total of the other seeds, against `always mix` and `always stage` (the bwt order). A difference within the
curriculum's `comparison.rope` counts as right for either. `with_probe: false` hides the joint probe.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path as File

import numpy as np

from benchmarks.orders.planners import probes
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.rivals import ITEMS, Rivals, read_rivals
from benchmarks.orders.strategy import SeedPositions
from benchmarks.orders.table import Table
from scheduler.composing.compose import compose, schedule_fingerprint
from scheduler.composing.joint import JOINT, at_budget
from scheduler.measurements import Array, Path
from scheduler.path_text import order_text
from scheduler.planning.planner import make_plan
from scheduler.planning.stage_or_mix import stage_or_mix


def judged(table: Table, rivals: Rivals, seen: SeedPositions, *, probe: bool) -> dict[str, float]:
    """One view: what was chosen, whether it was right, and what it lost."""
    others = [at for at in range(len(table.seeds)) if at not in seen]
    m = table.measurements([(), *probes(table)], seen)
    if probe:
        mixed = rivals["validation"][at_budget(1 / len(table.domains))]
        m = replace(m, mixed=tuple(block[list(seen)] for block in mixed))
    order = make_plan(m, table.curriculum, {}, resamples=50).order
    found = stage_or_mix(m, table.curriculum, order, tails=False)
    totals = {
        "sequential": table.totals("test")[order],
        "cumulative": _total(table, rivals["test"][_cumulative(table, rivals, order)]),
        JOINT: _total(table, rivals["test"][at_budget(1)]),
    }
    truth = {name: float(values[others].mean()) for name, values in totals.items()}
    staged, mixed_total = truth[found.staged], truth[JOINT]
    taken, best = (staged if found.advice == "stage" else mixed_total), max(truth.values())
    rope = table.curriculum.comparison.rope
    return {
        "says_stage": float(found.advice == "stage"),
        "predicted_gain": found.gain.value,
        "gain": staged - mixed_total,
        "right": float(abs(staged - mixed_total) <= rope or (staged > mixed_total) == (found.advice == "stage")),
        "mixing_right": float(mixed_total >= truth["sequential"] - rope),
        "staging_right": float(truth["sequential"] >= mixed_total - rope),
        "lost": best - taken,
        "lost_by_mixing": best - mixed_total,
        "lost_by_staging": best - truth["sequential"],
    }


def main() -> None:
    """One JSON: seen seeds → with and without probe → table → means over views."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=File, default=HERE, help="folder of tables; default: beside this module")
    given = parser.parse_args()
    print(json.dumps({f"with_probe: {probe}".lower(): dict(_rows(given.tables, probe)) for probe in (True, False)}))


def _rows(folder: File, probe: bool) -> Iterator[tuple[str, Mapping[str, Mapping[str, float]]]]:
    tables = {name: table for name, table in read_tables(folder).items() if (folder / name / ITEMS).exists()}
    for name, table in tables.items():
        rivals = read_rivals(folder / name, table.domains, table.seeds)
        yield (
            name,
            {
                f"{count} seeds seen": _mean(
                    [judged(table, rivals, seen, probe=probe) for seen in combinations(range(len(table.seeds)), count)]
                )
                for count in range(1, len(table.seeds))
            },
        )


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}


def _total(table: Table, blocks: tuple[Array, ...]) -> Array:
    return np.asarray(np.stack([block.mean(axis=1) for block in blocks], axis=1) @ table.weights)


def _cumulative(table: Table, rivals: Rivals, order: Path) -> str:
    """The arm that this order's cumulative form is: orders that come to the same stages are one."""

    def made(path: Path) -> str:
        return schedule_fingerprint(compose(path, "cumulative", table.curriculum, name="", role="composition"))

    wanted = made(order)
    arms = {f"cumulative {order_text(path)}": path for path in table.orders}
    return next(name for name, path in arms.items() if name in rivals["test"] and made(path) == wanted)


if __name__ == "__main__":
    main()
