"""How often verdicts and intervals are wrong where the truth is known, by simulation with the product's own functions.

    python -m benchmarks.coverage [--simulations 4000]

Prints one line of JSON. Keys that begin with `false` hold rates of errors, none of which should exceed 6 %:

    false_verdicts     better or worse, where two arms do not differ (the primary pair)
    false_equivalence  equivalent, where they differ by just as much as matters
    false_relative     the relative gain's interval misses the truth, of those that are given
    false_families     at least one false claim in a whole report whose pairs share arms

`width` is the mean width of intervals in units of the one that knew the variance, `given` the share of relative gains
that are given at all, `counted_twice` by how much the variance of real pairs is too large where the noise of single
cells counts both with seeds and with items.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.orders.table import read_table
from benchmarks.simulated import REAL, TABLES, Luck, World, binary, continuous, real, shifted
from experiments.analysis.comparing.comparison import Comparison, compare, pair
from experiments.search.analysis.pairs import PAIRS
from scheduler.statistics.intervals import spread

SIMULATIONS = 4000
ROPE = 0.01
NORMAL = 3.919928
"""Width of a 95 % interval of known variance, in standard errors."""
DIFFERENT = {"better", "worse", "better_but_small", "worse_but_small"}
ALIKE = {"equivalent", "better_but_small", "worse_but_small"}

SEEDS = continuous("seeds dominate", Luck(0.03, 0.05, 0.05))
ITEMS = continuous("items dominate", Luck(0.002, 0.4, 0.1))
CELLS = continuous("cells dominate", Luck(0.0, 0.0, 0.4))
ALIKE_ALL = continuous("all alike", Luck(0.02, 0.2, 0.35))
BINARY = binary("binary", Luck(0.1, 0.4))
BINARY_SEEDS = binary("binary, seeds dominate", Luck(0.4, 0.1))
LOW = binary("binary, scores near 0.02", Luck(0.1, 0.3), level=-3.0)
LOWEST = binary("binary, scores near 0.004", Luck(0.0, 0.0), level=-3.8)
NULL = (
    *((SEEDS, seeds) for seeds in (2, 3, 5, 10)),
    *((world, seeds) for world in (ITEMS, CELLS, ALIKE_ALL) for seeds in (3, 5, 10)),
    *((world, seeds) for world in (BINARY, BINARY_SEEDS, LOW) for seeds in (3, 5, 10)),
    *((LOWEST, seeds) for seeds in (3, 5)),
)
"""Worlds and numbers of seeds in which nothing differs; the real ones are added."""
EDGE = tuple(
    (continuous(name, luck), seeds)
    for name, luck in (
        ("seeds dominate", Luck(0.004, 0.0, 0.005)),
        ("items dominate", Luck(0.0005, 0.03, 0.01)),
        ("cells dominate", Luck(0.0, 0.0, 0.06)),
    )
    for seeds in (3, 5, 10)
)
"""Quiet enough for equivalence to be claimed at all."""
Pairs = Sequence[tuple[str, str]]
REPORT: Pairs = [
    (arm, baseline)
    for arm in ("main", "other")
    for baseline in ("joint", "joint-tuned", "joint-probes", "reverse", "random", "base")
]
"""The 12 pairs of a run's report."""


def measure(simulations: int = SIMULATIONS) -> dict[str, Any]:
    """All rates."""
    null = (*NULL, *((world, seeds) for world in map(real, REAL) for seeds in (3, 5)))
    verdicts, widths, twice = {}, {}, {}
    for world, seeds in null:
        rows = _pairs(world, seeds, simulations)
        verdicts[_name(world, seeds)] = _share(row.verdict in DIFFERENT for row in rows)
        widths[_name(world, seeds)] = _width(rows)
    for name in REAL:
        twice[name] = _counted_twice(name)
    edge = {
        _name(world, seeds): _share(row.verdict in ALIKE for row in _pairs(shifted(world, ROPE), seeds, simulations))
        for world, seeds in EDGE
    }
    relative, given = _relative(simulations)
    return {
        "simulations": simulations,
        "false_verdicts": verdicts,
        "false_equivalence": edge,
        "false_relative": relative,
        "false_families": _families(simulations),
        "width": widths,
        "given": given,
        "counted_twice": twice,
    }


def _pairs(world: World, seeds: int, simulations: int) -> list[Comparison]:
    """One pair a simulation, the first arm against the second."""
    rng = np.random.default_rng(0)
    found: list[Comparison] = []
    for _ in range(simulations):
        ours, theirs = world.draw(rng, 2, seeds, False)
        found += compare([pair("ours", "theirs", ours, theirs, world.weights)], ROPE)
    return found


def _relative(simulations: int) -> tuple[dict[str, float], dict[str, float]]:
    """How often a relative gain's interval misses the truth, of those given; and how many are given."""
    wrong, given = {}, {}
    for world, mean, shift in (
        (continuous("seeds dominate, 0.5", Luck(0.03, 0.05, 0.05)), 0.5, 0.1),
        (continuous("seeds dominate, 0.2", Luck(0.03, 0.05, 0.05), mean=0.2), 0.2, 0.1),
        (continuous("items dominate, 0.2", Luck(0.002, 0.2, 0.1), mean=0.2), 0.2, 0.1),
        (continuous("cells dominate, 0.1", Luck(0.0, 0.0, 0.4), mean=0.1), 0.1, 0.05),
    ):
        for seeds in (3, 5, 10):
            rows = [row.relative for row in _pairs(shifted(world, shift), seeds, simulations)]
            there = [row.ends for row in rows if row.ends is not None]
            truth = shift / mean
            wrong[_name(world, seeds)] = _share(not low <= truth <= high for low, high in there)
            given[_name(world, seeds)] = round(len(there) / len(rows), 4)
    return wrong, given


def _families(simulations: int) -> dict[str, float]:
    """At least one false claim in a whole report."""
    found = {}
    for world, seeds in ((SEEDS, 3), (SEEDS, 10), (BINARY, 5)):
        for pairs in (PAIRS, REPORT):
            name = f"{len(pairs)} pairs: {_name(world, seeds)}"
            found[name] = _family(world, seeds, pairs, _arms(pairs), _different, simulations)
    apart = shifted(continuous("all but joint alike", Luck(0.01, 0.02, 0.05)), 0.03)
    found[f"12 pairs: {_name(apart, 5)}"] = _family(
        apart, 5, REPORT, _arms(REPORT, "joint"), lambda row: _different(row) and row.baseline != "joint", simulations
    )
    edge = shifted(continuous("all differ by as much as matters", Luck(0.002, 0.0, 0.005)), ROPE, ROPE)
    found[f"12 pairs: {_name(edge, 5)}"] = _family(
        edge, 5, REPORT, _arms(REPORT, "main", "other"), lambda row: row.verdict in ALIKE, simulations
    )
    return found


def _family(
    world: World,
    seeds: int,
    pairs: Pairs,
    names: Sequence[str],
    false: Callable[[Comparison], bool],
    simulations: int,
) -> float:
    """`names`: all arms, in the order in which the world draws them."""
    rng = np.random.default_rng(1)

    def report() -> tuple[Comparison, ...]:
        arms = dict(zip(names, world.draw(rng, len(names), seeds, "base" in names), strict=True))
        return compare([pair(one, other, arms[one], arms[other], world.weights) for one, other in pairs], ROPE)

    return _share(any(map(false, report())) for _ in range(simulations))


def _arms(pairs: Pairs, *first: str) -> list[str]:
    """All of them, `first` before the others and the base last."""
    names = dict.fromkeys((*first, *(arm for one in pairs for arm in one)))
    return sorted(names, key=lambda name: name == "base")


def _different(row: Comparison) -> bool:
    return row.verdict in DIFFERENT


def _counted_twice(name: str) -> float:
    """Mean variance of all pairs of orders with single cells in both parts, over that with them in one."""
    table = read_table(TABLES / name)
    items = table.items["test"]
    weights = table.weights
    pairs = [zip(weights, items[one], items[other], strict=True) for one, other in combinations(table.orders, 2)]
    spreads = [spread({str(at): w * (a - b) for at, (w, a, b) in enumerate(one)}) for one in pairs]
    once = sum(one.by_seed + one.by_item for one in spreads)
    return round(sum(one.by_seed + one.by_mean for one in spreads) / once, 3)


def _width(rows: Sequence[Comparison]) -> float:
    """Mean width of the difference's interval, in units of the one that knew the variance."""
    ideal = NORMAL * float(np.std([row.absolute.value for row in rows]))
    return round(float(np.mean([row.absolute.width for row in rows])) / ideal, 3)


def _share(flags: Iterable[bool]) -> float:
    return round(float(np.mean(list(flags))), 4)


def _name(world: World, seeds: int) -> str:
    return f"{world.name}, {seeds} seeds"


def main(arguments: Sequence[str] = ()) -> dict[str, Any]:
    """All rates; also printed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=SIMULATIONS)
    found = measure(parser.parse_args(arguments).simulations)
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
