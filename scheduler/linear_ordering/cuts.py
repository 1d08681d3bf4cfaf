"""3-dicycle cuts: no three objects may go round in a circle.

For i < j < k: −1 ≤ s_ij + s_jk − s_ik ≤ 1. A cut is one of the two sides, as one number: ((i·n + j)·n + k)·2,
plus 1 for the upper side.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from scheduler.linear_ordering.problem import Ints, OrderingProblem
from scheduler.measurements import Array

VIOLATED = 1e-6
CUTS_PER_OBJECT = 60


def encode(problem: OrderingProblem, triples: Ints, sides: Ints) -> Ints:
    """Cuts from pairs (ij, jk, ik), shape (cuts, 3), and sides ±1."""
    first, second = problem.pairs
    i, j, k = first[triples[:, 0]], second[triples[:, 0]], second[triples[:, 1]]
    return ((i * problem.size + j) * problem.size + k) * 2 + (sides > 0)


def matrix(problem: OrderingProblem, cuts: Ints) -> csr_array:
    """Rows a with a·s ≤ 1, shape (cuts, pairs)."""
    size, place = problem.size, problem.place
    rest, k = np.divmod(cuts // 2, size)
    i, j = np.divmod(rest, size)
    columns = np.stack([place[i, j], place[j, k], place[i, k]], axis=1)
    values = np.where(cuts % 2, 1.0, -1.0)[:, None] * np.array([1.0, 1.0, -1.0])
    starts = np.arange(0, 3 * len(cuts) + 1, 3)
    return csr_array((values.ravel(), columns.ravel(), starts), shape=(len(cuts), len(problem.signed)))


def violated(problem: OrderingProblem, signs: Array) -> Ints:
    """The cuts that s breaks, the most broken ones if there are very many."""
    size, full = problem.size, problem.spread(signs)
    codes, excess = [], []
    for i in range(size - 2):
        rest = full[i, i + 1 :]
        sums = np.triu(rest[:, None] + full[i + 1 :, i + 1 :] - rest, 1)
        j, k = np.nonzero(np.abs(sums) > 1 + VIOLATED)
        codes.append(((i * size + j + i + 1) * size + k + i + 1) * 2 + (sums[j, k] > 0))
        excess.append(np.abs(sums[j, k]))
    found, by = np.concatenate(codes), np.concatenate(excess)
    most = CUTS_PER_OBJECT * size
    return found if len(found) <= most else found[np.argsort(-by, kind="stable")[:most]]
