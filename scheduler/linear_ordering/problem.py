"""The linear ordering problem, brought to whole numbers where the input allows it.

Of each pair i < j one stands first. With s = +1 where i does and −1 where j does,

    Σ_{i before j} gains[i, j]  =  Σ_{i<j} (gains[i, j] + gains[j, i]) / 2  +  Σ_{i<j} d · s,

d = (gains[i, j] − gains[j, i]) / 2. The first sum no order can change; everything here works on the second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scheduler.measurements import Array

Ints = npt.NDArray[np.int64]
MOST_DECIMALS = 9
# Beyond it rounding could reach the distance between two totals, and integrality would prove nothing.
MOST_EXACT = 2.0**36
WHOLE_SLACK = 0.99
RELATIVE_SLACK = 1e-9


@dataclass(frozen=True)
class OrderingProblem:
    """Maximise Σ d·s over orders. Totals in the user's units are (sum of cells) / scale."""

    cells: Array
    """gains · scale, shape (n, n), diagonal 0; whole numbers where `whole`."""
    scale: float
    step: float
    """`signed` is in this many units of `cells`."""
    whole: bool
    """Totals of two orders that differ do so by at least one `step`."""

    @property
    def size(self) -> int:
        """n."""
        return len(self.cells)

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """i and j of every pair i < j, in the order of all arrays over pairs."""
        first, second = np.triu_indices(self.size, 1)
        return first.astype(np.int64), second.astype(np.int64)

    @cached_property
    def dense(self) -> Array:
        """d for every ordered pair, shape (n, n), antisymmetric."""
        return (self.cells - self.cells.T) / (2 * self.step)

    @cached_property
    def signed(self) -> Array:
        """d over pairs."""
        return self.dense[self.pairs]

    @cached_property
    def slack(self) -> float:
        """A bound at most this far above a value leaves room for no better order."""
        return WHOLE_SLACK if self.whole else RELATIVE_SLACK * float(np.abs(self.signed).sum())

    @cached_property
    def place(self) -> Ints:
        """Index of each pair (i, j), i < j, among the pairs: shape (n, n)."""
        table = np.zeros((self.size, self.size), dtype=np.int64)
        table[self.pairs] = np.arange(len(self.pairs[0]))
        return table

    def signs(self, order: Ints) -> Array:
        """s of an order."""
        at = np.argsort(order)
        first, second = self.pairs
        return np.where(at[first] < at[second], 1.0, -1.0)

    def value(self, order: Ints) -> float:
        """Σ d·s of an order."""
        return math.fsum(self.signed * self.signs(order))

    def spread(self, signs: Array) -> Array:
        """s over pairs → (n, n), antisymmetric."""
        full = np.zeros((self.size, self.size))
        full[self.pairs] = signs
        return full - full.T

    def total(self, order: Ints, above: float = 0.0) -> float:
        """The objective of an order in the user's units, or what lies `above` it in units of `signed`."""
        inside = np.triu(self.cells[np.ix_(order, order)], 1).ravel()
        return (math.fsum(inside) + above * self.step) / self.scale + 0.0

    def room(self, bound: float, value: float) -> float:
        """How far above `value` another order can be, given an upper `bound` on Σ d·s. 0: proven best."""
        if bound <= value + self.slack:
            return 0.0
        if self.whole:
            return math.floor(bound - value + 1 - WHOLE_SLACK)
        return bound - value + 1e-12 * float(np.abs(self.signed).sum())


def make_problem(weights: Array, transfer: Array) -> OrderingProblem:
    """From weights (n,) and B (trained, affected): gains[i, j] = w_i · B[j→i], got when j is trained after i."""
    gains = (transfer * weights).T.copy()
    np.fill_diagonal(gains, 0.0)
    for digits in range(MOST_DECIMALS + 1):
        cells = gains * 10.0**digits
        whole = np.round(cells)
        # Two roundings to read the numbers, one to multiply them.
        if np.all(np.abs(cells - whole) <= 4 * np.finfo(float).eps * np.abs(cells)):
            if np.abs(whole).sum() > MOST_EXACT:
                break
            differences = np.abs(whole - whole.T).astype(np.int64)
            step = max(int(np.gcd.reduce(differences, axis=None)), 1)
            return OrderingProblem(whole, 10.0**digits, float(step), whole=True)
    largest = float(np.abs(gains - gains.T).max())
    return OrderingProblem(gains, 1.0, largest or 1.0, whole=False)
