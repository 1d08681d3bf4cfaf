"""Items that the base model solved and a later one does not, and the other way round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from experiments.measures.calibration import Array
from scheduler.statistics.shared_draw import EACH

SOLVED = 0.5
"""Items of which at least this share of the answers is right are solved."""
REACH = 12.0
"""Standard deviations of a count beyond which its probability, below 1e-32, is left out."""
LEAST_P = 1e-15
"""Smaller p values are told as this: sums of probabilities are no more exact."""


@dataclass(frozen=True)
class Flips:
    """Counts over items × seeds."""

    solved: int
    """Solved before."""
    regressed: int
    """Of those: not any more."""
    recovered: int
    """Not solved before, but now."""
    p: float
    """Two-sided sign-flip test over items that regressed and recovered are equally likely. With one seed this is
    McNemar's exact test. With several, which share what the base solved by luck, two items more count that all seeds
    won, and two that all lost: where the base solved nearly everything or nearly nothing, the items alone would not
    show that luck. It says whether these very models differ on items like these; how training seeds vary is in the
    interval of the rates, not here."""

    @property
    def net(self) -> int:
        """Recovered − regressed."""
        return self.recovered - self.regressed


def solved(scores: Array) -> Array:
    """1 where at least half of an item's answers are right, else 0: (…, items, samples) → (…, items)."""
    return np.asarray(scores.mean(axis=-1) >= SOLVED, float)


def flips(before: Array, after: Array) -> Flips:
    """Both of 0 and 1, shape (seeds, items)."""
    change = after - before
    seeds = len(change)
    shared = EACH * [seeds, -seeds] if seeds > 1 else []
    return Flips(
        solved=int(before.sum()),
        regressed=int((change < 0).sum()),
        recovered=int((change > 0).sum()),
        p=sign_flip([*change.sum(axis=0).astype(int).tolist(), *shared]),
    )


def sign_flip(differences: Sequence[int]) -> float:
    """P(|Σ ± d| ≥ |Σ d|) where every item's sign is a fair coin: exact, by the distributions of whole numbers.

    Where all differences are −1, 0 or 1 this is the two-sided exact binomial test, that is McNemar's exact test.
    """
    sizes = Counter(abs(value) for value in differences if value)
    lowest, mass = 0, np.ones(1)
    for size, count in sizes.items():
        first, heads = _heads(count)
        spread = np.zeros((len(heads) - 1) * 2 * size + 1)
        spread[:: 2 * size] = heads
        mass = np.convolve(mass, spread)
        lowest += size * (2 * first - count)
    sums = lowest + np.arange(len(mass))
    return min(1.0, max(LEAST_P, float(mass[np.abs(sums) >= abs(sum(differences))].sum())))


def _heads(count: int) -> tuple[int, npt.NDArray[np.float64]]:
    """The number of heads of so many coins: where its probabilities begin, and they themselves."""
    middle, reach = count / 2, REACH * np.sqrt(count) / 2 + 1
    first, last = max(0, int(middle - reach)), min(count, int(middle + reach) + 1)
    return first, binom.pmf(np.arange(first, last + 1), count, 0.5)
