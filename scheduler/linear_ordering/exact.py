"""The best order, exactly: dynamic programming over subsets (Held & Karp 1962), batched over matrices.

The best orders of a set S of domains placed first end in some l ∈ S; before it stand the best orders of
S without l. Keeping the two best orders of every set gives the true runner-up as well. Time n²·2ⁿ, memory
n·2ⁿ a matrix: 16 domains take about a second.

An order and its reverse always sum to the same objective, so the worst order is the best one reversed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domains.errors import CurriculumError
from scheduler.grouping import Flags
from scheduler.linear_ordering.limits import GRID, Limits
from scheduler.linear_ordering.problem import Ints
from scheduler.linear_ordering.subsets import bits, layers
from scheduler.measurements import Array

MOST_DOMAINS = 16
# Gains are multiples of 2⁻⁴⁰, which add up without rounding: ties are real ties, and no order of summing changes them.
CELLS = 4_000_000


@dataclass(frozen=True)
class Solutions:
    """The best and second-best order of each matrix.

    `orders` (matrices, 2, n) holds indices into the domains, first to last, then −1 for those left out;
    `gains` (matrices, 2) the weighted predicted gain over the base; −inf where there is no second order, or none that
    keeps to the limits as the first does.
    """

    domains: tuple[str, ...]
    orders: Ints
    gains: Array

    def order(self, matrix: int, rank: int = 0) -> tuple[str, ...]:
        """Names, first to last."""
        return tuple(self.domains[index] for index in self.orders[matrix, rank] if index >= 0)


def solve(
    domains: Sequence[str],
    weights: Array,
    transfer: Array,
    *,
    leave_out: bool = False,
    limits: Limits | None = None,
) -> Solutions:
    """Maximise Σ_j w_j · predicted gain of j (scheduler/prediction/predict.py) over all orders.

    `transfer` is (matrices, n, n) as (trained, affected). With `leave_out` also over all non-empty sets of
    trained domains. With `limits`, which then leave out none, over the orders that keep them; where none does, over
    those that exceed them least in sum. Ties go to more domains, then to the name later in the alphabet standing
    later, whatever the order in which domains are given. CurriculumError for more than 16 domains.
    """
    size = len(domains)
    if leave_out and limits is not None:
        raise ValueError("limits are on orders of all domains")
    if size > MOST_DOMAINS:
        hint = "Give the order yourself (order: given) or merge domains."
        raise CurriculumError(f"exact ordering takes at most {MOST_DOMAINS} domains", value=size, hint=hint)
    by_name = np.array(sorted(range(size), key=lambda index: domains[index]))
    gains = np.round(transfer * weights * GRID)[:, by_name][:, :, by_name]
    steps = None if limits is None else limits.only(by_name.tolist()).steps()
    chunk = max(1, CELLS // (size << size))
    parts = [_solve_chunk(gains[at : at + chunk], leave_out, steps) for at in range(0, len(gains), chunk)]
    orders = np.concatenate([part[0] for part in parts])
    named = np.where(orders >= 0, by_name[orders], -1)
    return Solutions(tuple(domains), named, np.concatenate([part[1] for part in parts]) / GRID)


def _solve_chunk(gains: Array, leave_out: bool, steps: Flags | None) -> tuple[Ints, Array]:
    matrices, size, _ = gains.shape
    within = bits(size)
    own = np.einsum("mii->mi", gains)
    across = gains - own[:, :, None] * np.eye(size)
    before = np.swapaxes(within @ np.swapaxes(across, 1, 2), 1, 2)
    values, choices = _tables(before if steps is None else np.where(steps, before, -np.inf), size)
    # A set's own gains, plus its effects on the domains that it leaves out.
    outside = ((within @ across) * (1 - within)).sum(axis=2)
    totals = values + (own @ within.T + outside)[:, None, :]
    every = (1 << size) - 1
    sets = np.argsort(-within.sum(axis=1), kind="stable")[:-1] if leave_out else np.array([every])
    flat = np.swapaxes(totals[:, :, sets], 1, 2).reshape(matrices, -1)
    picks, best = _top_two(flat)
    return _trace(choices, sets[picks // 2], picks % 2, size), best


def _tables(before: Array, size: int) -> tuple[Array, npt.NDArray[np.int8]]:
    """Two best values (matrices, 2, sets) of the orders of each set, and how each ends: 2·last + rank.

    `before` (matrices, l, sets) is what l adds when it comes right after all of a set.
    """
    matrices, _, sets = before.shape
    values = np.full((matrices, 2, sets), -np.inf)
    values[:, 0, 0] = 0.0
    choices = np.zeros((matrices, 2, sets), dtype=np.int8)
    for layer, members in layers(size):
        rest = layer[:, None] ^ (1 << members)
        ends = values[:, :, rest] + before[:, members, rest][:, None]
        flat = np.moveaxis(ends, 1, 3).reshape(matrices, len(layer), -1)
        picks, best = _top_two(flat)
        last = members[np.arange(len(layer))[None, :, None], picks // 2]
        values[:, :, layer] = np.swapaxes(best, 1, 2)
        choices[:, :, layer] = np.swapaxes(2 * last + picks % 2, 1, 2)
    return values, choices


def _top_two(values: Array) -> tuple[Ints, Array]:
    """Places and values of the two largest along the last axis; the earlier place wins ties."""
    first = values.argmax(axis=-1)[..., None]
    best = np.take_along_axis(values, first, axis=-1)
    rest = values.copy()
    np.put_along_axis(rest, first, -np.inf, axis=-1)
    second = rest.argmax(axis=-1)[..., None]
    places = np.concatenate([first, second], axis=-1)
    return places, np.concatenate([best, np.take_along_axis(rest, second, axis=-1)], axis=-1)


def _trace(choices: npt.NDArray[np.int8], sets: Ints, ranks: Ints, size: int) -> Ints:
    """Follow the choices back: (matrices, 2, n) indices, −1 after the last."""
    rows = np.arange(len(sets))[:, None]
    orders = np.full((*sets.shape, size), -1, dtype=np.int64)
    sets = sets.copy()
    for _ in range(size):
        place = bits(size).sum(axis=1).astype(np.int64)[sets] - 1
        choice = choices[rows, ranks, sets].astype(np.int64)
        active = place >= 0
        row, column = np.nonzero(active)
        orders[row, column, place[active]] = choice[active] // 2
        sets = np.where(active, sets ^ (1 << (choice // 2)), 0)
        ranks = choice % 2
    return orders
