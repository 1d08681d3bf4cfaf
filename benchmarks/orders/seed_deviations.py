"""How much of a score is the seed's luck, by how long a stage is: joint training of one stage's completions up to 8.

    python -m benchmarks.orders.seed_deviations

A table: for each curriculum the standard deviation between seeds of a domain's score on test, pooled over domains,
after one stage of a domain and after joint training of the budgets that the rivals were given. In brackets 95 % by
chi-squared, where domains count as independent: few seeds, so wide. The second row is of the domains whose answers are
right or wrong; in its brackets is what drawing so many answers an item would make of a model that has no luck at all,
were they drawn anew for every seed. What the search assumes of luck rests on it (scheduler/search/exposure.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import chi2

from benchmarks.arguments import arguments
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.rivals import read_rivals
from benchmarks.orders.tables import rows
from benchmarks.orders.totals import JOINT, Blocks, Given
from scheduler.measurements import Array

LEVEL = 0.95
HEAD = ("curriculum", "one stage of a domain", *JOINT)


def deviation(schedules: Sequence[Blocks]) -> str:
    """Pooled over domains and schedules; each block is (seeds, items)."""
    found: Array = np.array([block.mean(axis=1).var(ddof=1) for blocks in schedules for block in blocks])
    free = sum(len(block) - 1 for blocks in schedules for block in blocks)
    low, high = (found.mean() * free / chi2.ppf(at, free) for at in ((1 + LEVEL) / 2, (1 - LEVEL) / 2))
    return f"{found.mean() ** 0.5:.4f} ({low**0.5:.4f} to {high**0.5:.4f})"


def of_answers(schedules: Sequence[Blocks], samples: int) -> str:
    """The deviation over domains that are right or wrong, and what their answers alone make, `samples` (≥ 2) an item:
    the variance of an item's mean is p(1 − p)/samples, which its answers show without bias with samples − 1."""
    marked = [block for blocks in schedules for block in blocks if np.allclose(block * samples % 1, 0)]
    found = np.mean([block.mean(axis=1).var(ddof=1) for block in marked])
    drawn = np.mean([(block * (1 - block)).mean() / (samples - 1) / block.shape[1] for block in marked])
    return f"{found**0.5:.4f} ({drawn**0.5:.4f})"


def deviations(given: Given) -> Iterator[tuple[str, ...]]:
    """Two rows for each curriculum."""
    for name, (table, rivals) in given.items():
        alone = [blocks for path, blocks in table.items["test"].items() if len(path) == 1]
        columns = [alone, *([rivals["test"][arm]] for arm in JOINT)]
        how = table.curriculum.evaluation.decoding
        assert how != "greedy", "all tables were drawn"
        yield name, *map(deviation, columns)
        yield f"{name}, right or wrong", *(of_answers(one, how.samples) for one in columns)


if __name__ == "__main__":
    arguments(__doc__)
    tables = read_tables(HERE)
    given = {name: (one, read_rivals(HERE / name, one.domains, one.seeds)) for name, one in tables.items()}
    print(rows(HEAD, deviations(given)))
