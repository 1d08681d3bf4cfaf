"""What becomes of a comparison whose seeds are extended because it was undecided, on made-up scores of known truth.

    python -m benchmarks.looks [runs a row] [further looks]

Two arms of two domains with 100 items each. First with the same truth: in how many runs they are called better or worse
at the first look, by the second and by the last, where whoever looks adds the seeds that the report names
(`seeds_needed`, at most 200) and asks again with all of them. Then with a true difference: the seeds that were named
(median), and the share of the comparisons in which these decided anything. Prints JSON.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.simulated import Luck, World, continuous
from experiments.analysis.comparing.comparison import Comparison, compare, pair

MOST = 200
ROPE = 0.01
STARTS = (3, 5)
SAME = Luck(0.02, 0.0, 0.05)
APART = Luck(0.015, 0.02, 0.1)
TRUTHS = (0.0, 0.005, 0.01, 0.02, 0.03)


def judged(world: World, arms: list[dict[str, Any]], seeds: int) -> Comparison:
    """The pair by its first seeds."""
    ours, theirs = ({name: block[:seeds] for name, block in arm.items()} for arm in arms)
    return compare([pair("ours", "theirs", ours, theirs, world.weights)], ROPE)[0]


def more(row: Comparison) -> int | None:
    """How many seeds an undecided comparison asks for; None where it is decided, or asks for none or too many."""
    needed = row.seeds_needed
    return needed if row.verdict == "undecided" and needed and row.seeds < needed <= MOST else None


def false_by_look(start: int, runs: int, looks: int) -> list[float]:
    """Share of runs in which equal arms were called different by each look."""
    world, rng, false = continuous("", SAME), np.random.default_rng(2), np.zeros(looks)
    for _ in range(runs):
        arms, seeds = world.draw(rng, 2, MOST, False), start
        for look in range(looks):
            row = judged(world, arms, seeds)
            if row.verdict not in ("undecided", "equivalent"):
                false[look:] += 1
            if (wanted := more(row)) is None:
                break
            seeds = wanted
    return [round(share, 3) for share in false / runs]


def settled(start: int, truth: float, runs: int) -> dict[str, float]:
    """What the seeds that were named decided."""
    world, rng = continuous("", APART), np.random.default_rng(1)
    named, decided = [], 0
    for _ in range(runs):
        ours, theirs = world.draw(rng, 2, MOST, False)
        arms = [{name: block + truth for name, block in ours.items()}, theirs]
        if wanted := more(judged(world, arms, start)):
            named.append(wanted)
            decided += judged(world, arms, wanted).verdict != "undecided"
    return {"told": len(named), "median_seeds": float(np.median(named)), "decided": round(decided / len(named), 2)}


def main(runs: int = 300, looks: int = 6) -> dict[str, Any]:
    """All figures; also printed."""
    found = {
        "false_by_look": {start: false_by_look(start, runs, looks) for start in STARTS},
        "settled": {start: {truth: settled(start, truth, runs) for truth in TRUTHS} for start in STARTS},
    }
    print(json.dumps(found))
    return found


if __name__ == "__main__":
    main(*map(int, arguments(__doc__)[:2]))
