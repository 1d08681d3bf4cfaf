"""Is the plan's advice, to stage or to mix, the better one? Replayed on the tables of all orders and their rivals.

    python -m benchmarks.orders.stage_or_mix > benchmarks/orders/stage_or_mix.json

The advice sees the validation scores of some seeds: base, one stage a domain, the joint probe. It chooses between the
bwt order, sequential or cumulative, and joint training at the same budget. What it chose, always mixing and always
staging (the bwt order) are held against one bar (benchmarks/one_bar.py) by the mean test total of the other seeds; a
difference of up to the curriculum's `comparison.rope` counts as right. `covered`: the advice's 95 % interval of the
staged way's gain over joint training holds what was measured there. `with_probe: false` hides the joint probe.

No table has joint training with one domain's stage last, which the plan may advise as well, so it is not judged.
`untrained`: the share of views in which the plan would advise it. `tail_gain`: what the one trunk with a tail that was
trained, on all structured domains together, gained over joint training on the same seeds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path as File

import numpy as np

from benchmarks.one_bar import against_bar
from benchmarks.orders.planners import probes
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.rivals import ITEMS, TAIL, Rivals, read_rivals
from benchmarks.orders.strategy import SeedPositions
from benchmarks.orders.table import Table
from scheduler.composing.candidates import IN_ORDER
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
    found, whole = (stage_or_mix(m, table.curriculum, order, tails=tails) for tails in (False, True))
    totals = {
        IN_ORDER: table.totals("test")[order],
        "cumulative": _total(table, rivals["test"][_cumulative(table, rivals, order)]),
        JOINT: _total(table, rivals["test"][at_budget(1)]),
    }
    truth = {name: float(values[others].mean()) for name, values in totals.items()}
    gain, ends = truth[found.staged] - truth[JOINT], found.gain.ends
    tail = float(_total(table, rivals["test"][TAIL])[others].mean())
    return {
        "says_stage": float(found.advice == "stage"),
        "predicted_gain": found.gain.value,
        "gain": gain,
        "covered": float(ends is not None and ends[0] <= gain <= ends[1]),
        **against_bar(found, truth, table.curriculum.comparison.rope),
        "untrained": float(whole.advice == "stage" and whole.staged not in truth),
        "tail_gain": tail - truth[JOINT],
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
