"""Are further probes worth their runs? Adaptive probing against `bwt`, on the tables and on made-up ones.

    python -m benchmarks.orders.further [--made 8] [--runs 16 32]

Judged as everywhere here (judge.py): a strategy sees the validation scores of one seed, or of two, and its choice is
judged by the test scores of the others. `adaptive` takes the order that its posterior thinks best. `guarded` keeps
the plan of one stage a domain and leaves it only for an order that is better with a probability of at least `SURE`
under the same posterior, so the same probes are trained. Printed is the regret of each after so many stage runs, less
`bwt`'s: mean and 95 % interval, over seeds for a table, over tables for made-up ones (synthetic.py; `luck` is that of
a stage run, `bent` what a stage does after one path otherwise than after another).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path as File

import numpy as np
from scipy.special import ndtr

from benchmarks.orders.adaptive import probing_curriculum
from benchmarks.orders.intervals import spelled, within
from benchmarks.orders.judge import Judge, judge
from benchmarks.orders.planners import chosen, probes
from benchmarks.orders.regret import read_tables
from benchmarks.orders.strategy import SeedPositions, Step, choose
from benchmarks.orders.synthetic import synthetic_table
from benchmarks.orders.table import Table
from curricula.schema import Curriculum
from scheduler.measurements import Array, Path
from scheduler.probing.adaptive import ProbingState, advance, believe
from scheduler.statistics.gaussian import Posterior

SURE = 0.95
WORLDS = {
    "as the model has it": partial(synthetic_table, luck=0.01, bent=0.0),
    "bent": partial(synthetic_table, luck=0.01, bent=0.03),
    "lucky": partial(synthetic_table, luck=0.03, bent=0.01),
}
"""Made-up tables: what breaks constant transfer."""
Choices = dict[str, list[Step]]


def choices(table: Table, seen: SeedPositions, most: int) -> Choices:
    """What both ways would choose after every decision that no more than `most` stage runs pay for."""
    curriculum, plan = probing_curriculum(table), chosen(table, seen, "bwt")
    found: Choices = {"adaptive": [], "guarded": []}
    for known, belief_orders, totals in takewhile(
        lambda one: choose(one[0], plan).spent <= most, _decisions(table, seen, curriculum)
    ):
        best = belief_orders[0]
        found["adaptive"].append(choose(known, best))
        found["guarded"].append(choose(known, best if _surely(totals, belief_orders.index(plan)) else plan))
    return found


def _decisions(
    table: Table, seen: SeedPositions, curriculum: Curriculum
) -> Iterator[tuple[list[Path], Sequence[Path], Posterior]]:
    known, now = list(probes(table)), ProbingState()
    while now.stop is None:
        measured = table.measurements([(), *known, *now.asked], seen)
        now, belief = advance(measured, curriculum, now)
        belief = belief or believe(measured, curriculum, now.paths)
        yield [*known, *now.paths], belief.outlook.orders, belief.outlook.totals


def _surely(totals: Posterior, plan: int) -> bool:
    """Whether the best order, the first one, is better than the plan's with probability `SURE`."""
    gain = float(totals.mean[0] - totals.mean[plan])
    cov = totals.covariance
    spread = float(np.sqrt(max(cov[0, 0] + cov[plan, plan] - 2 * cov[0, plan], 1e-18)))
    return plan != 0 and float(ndtr(gain / spread)) >= SURE


def differences(table: Table, seen: int, runs: Sequence[int]) -> dict[str, Array]:
    """``adaptive, 16`` → regret less `bwt`'s, (views,)."""
    judged = judge(table, seen)
    rows: dict[str, list[float]] = {}
    for view, regrets in zip(judged.views, judged.truth, strict=True):
        plan = regrets[judged.at(chosen(table, view, "bwt"))]
        for name, steps in choices(table, view, max(runs)).items():
            for most in runs:
                rows.setdefault(f"{name}, {most}", []).append(_after(steps, most, regrets, judged, plan) - plan)
    return {name: np.array(values) for name, values in rows.items()}


def _after(steps: Sequence[Step], most: int, regrets: Array, judged: Judge, plan: float) -> float:
    """Regret of the last choice that so many runs pay for; the plan's before there is one."""
    paid = [step for step in steps if step.spent <= most]
    return float(regrets[judged.at(paid[-1].order)]) if paid else float(plan)


def main() -> None:
    """One JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=int, default=8)
    parser.add_argument("--runs", type=int, nargs="+", default=[16, 32])
    given = parser.parse_args()
    for seen in (1, 2):
        real = {
            name: differences(table, seen, given.runs) for name, table in read_tables(File(__file__).parent).items()
        }
        for name, found in real.items():
            _print(name, seen, {key: {name: values} for key, values in found.items()})
        keys = next(iter(real.values()))
        _print("both tables", seen, {key: {name: found[key] for name, found in real.items()} for key in keys})
    for seen in (1, 2):
        for name, make in WORLDS.items():
            each = [differences(make(at), seen, given.runs) for at in range(given.made)]
            _print(name, seen, {key: {"": np.array([one[key].mean() for one in each])} for key in each[0]})


def _print(name: str, seen: int, found: Mapping[str, Mapping[str, Array]]) -> None:
    line = {key: list(spelled(within(values)).values()) for key, values in found.items()}
    print(json.dumps({"tables": name, "seeds_seen": seen, "minus_bwt": line}), flush=True)


if __name__ == "__main__":
    main()
