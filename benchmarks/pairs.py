"""How many items `stagewise measure` takes to find a drop: ``python -m benchmarks.pairs`` prints measure.md's table.

Answers are right or wrong, one an item, and one domain is compared: then the test is McNemar's, and its power is summed
exactly over how many items differ and how many of those are lost. The number is the least multiple of 5 from which on
power stays at 80 % or more, up to `MOST`.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
from scipy.stats import binom, binomtest

from benchmarks.arguments import arguments

DROPS, DIFFER = (0.05, 0.10), (0.05, 0.10, 0.20)
LEVEL, POWER, STEP, MOST = 0.05, 0.8, 5, 1_000


def power(items: int, drop: float, differ: float) -> float:
    """Probability that a drop is sure where the models differ on this share of the items."""
    lost = (differ + drop) / 2 / differ
    counts = np.arange(items + 1)
    found = [1 - float(binom.cdf(_least(int(count)) - 1, int(count), lost)) for count in counts]
    return float(binom.pmf(counts, items, differ) @ found)


def needed(drop: float, differ: float) -> int | None:
    """Items; None where the models differ on too few to have such a drop."""
    if drop > differ:
        return None
    short = [items for items in range(STEP, MOST, STEP) if power(items, drop, differ) < POWER]
    return short[-1] + STEP if short else STEP


def main() -> None:
    """One JSON: drop → share of items that differ → items needed."""
    print(
        json.dumps({f"{drop:g}": {f"{share:g}": needed(drop, share) for share in DIFFER} for drop in DROPS}, indent=1)
    )


@cache
def _least(differing: int) -> int:
    """The fewest lost of the differing items that are a sure drop; one more than there are where none is."""
    sure = (lost for lost in range(differing // 2, differing + 1) if _sure(lost, differing))
    return next(sure, differing + 1)


def _sure(lost: int, differing: int) -> bool:
    return differing > 0 and 2 * lost > differing and binomtest(lost, differing).pvalue <= LEVEL


if __name__ == "__main__":
    arguments(__doc__)
    main()
