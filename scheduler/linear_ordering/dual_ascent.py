"""An upper bound over all 3-dicycle cuts at once, without a linear program.

In an order, s_ij + s_jk − s_ik is −1 or 1 for all i < j < k. Any multipliers y of the triples bound every order:

    Σ d·s  ≤  Σ |y|  +  Σ_pairs |r|,    r = d − (what the triples' multipliers take from each pair).

Its minimum over y is the value of the linear program with all 3-dicycle cuts. The pairs' |r| is smoothed near 0
(Huber) and every y is moved to where its own term stops falling; this is Dykstra's projection method for metric
polytopes (Veldt, Gleich, Wirth & Saunderson 2019) with the smoothing halved as it goes on. The triples with
i + j + k ≡ t (mod n) share no pair, so each t is one step over arrays.

n = 200 has 2.6 million cuts: about 3 seconds, where HiGHS does not get through one round. Measured in docs/order.md.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from scheduler.linear_ordering.problem import Ints, Problem
from scheduler.measurements import Array

# Triples beyond these are left out: the bound stays valid and gets weaker.
MOST_TRIPLES = 4_000_000
SWEEPS = 25
SMOOTH, SMOOTH_LAST = 0.5, 1e-3
LEAST_PROGRESS = 1e-2
NO_MULTIPLIER = 1e-9

Batch = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class Ascent:
    """A bound on Σ d·s and what it teaches."""

    bound: float
    residual: Array
    """r over pairs: reversing the sign that pair e has in the bound lowers it by 2·|r_e|."""
    triples: Ints
    """Pairs (ij, jk, ik) of the cuts that carry the bound, shape (cuts, 3)."""
    sides: Ints
    """+1 where s_ij + s_jk − s_ik ≤ 1 is the cut, −1 where it is ≥ −1."""
    signs: Array
    """A fractional s, for rounding."""


def ascend(problem: Problem, value: float, deadline: float) -> Ascent:
    """Lower the bound until it proves `value`, hardly moves, or time is up."""
    batches = _batches(problem)
    multipliers = [np.zeros(len(batch[0])) for batch in batches]
    mean = float(np.abs(problem.signed).mean())
    smooth = SMOOTH * mean
    best = _ascent(problem, batches, multipliers, smooth)
    while problem.room(best.bound, value) > 0 and time.perf_counter() < deadline:
        residual = best.residual.copy()
        for _ in range(SWEEPS):
            _sweep(residual, batches, multipliers, smooth)
            if time.perf_counter() > deadline:
                break
        found = _ascent(problem, batches, multipliers, smooth)
        last, gap = smooth <= SMOOTH_LAST * mean, best.bound - value
        slow = best.bound - found.bound < LEAST_PROGRESS * gap
        best = found if found.bound < best.bound else best
        if last and slow:
            break
        smooth = max(smooth / 2, SMOOTH_LAST * mean)
    return best


def _sweep(residual: Array, batches: list[Batch], multipliers: list[Array], smooth: float) -> None:
    """Moves every multiplier once; `residual` and `multipliers` change in place."""
    third = smooth / 3
    for at, (ij, jk, ik) in enumerate(batches):
        old, one, two, three = multipliers[at], residual[ij], residual[jk], residual[ik]
        slope = one.clip(-smooth, smooth) + two.clip(-smooth, smooth) - three.clip(-smooth, smooth)
        new = old + slope / 3
        new -= new.clip(-third, third)
        moved = new - old
        residual[ij] = one - moved
        residual[jk] = two - moved
        residual[ik] = three + moved
        multipliers[at] = new


def _ascent(problem: Problem, batches: list[Batch], multipliers: list[Array], smooth: float) -> Ascent:
    """The bound of these multipliers, summed anew: errors of many small steps must not lower it."""
    residual = problem.signed.copy()
    for (ij, jk, ik), value in zip(batches, multipliers, strict=True):
        residual[ij] -= value
        residual[jk] -= value
        residual[ik] += value
    bound = float(np.abs(residual).sum()) + sum(float(np.abs(value).sum()) for value in multipliers)
    used = [np.flatnonzero(np.abs(value) > NO_MULTIPLIER) for value in multipliers]
    triples = [np.stack(batch, axis=1)[at] for batch, at in zip(batches, used, strict=True)]
    sides = [np.sign(value[at]).astype(np.int64) for value, at in zip(multipliers, used, strict=True)]
    signs = (residual / max(smooth, NO_MULTIPLIER)).clip(-1, 1)
    return Ascent(bound, residual, np.concatenate(triples), np.concatenate(sides), signs)


def _batches(problem: Problem) -> list[Batch]:
    """Triples i < j < k by (i + j + k) mod n, as the pairs ij, jk, ik."""
    size, place = problem.size, problem.place
    first, second = problem.pairs
    most = max(1, MOST_TRIPLES // max(1, size * size // 6))
    batches = []
    for rest in range(min(size, most)):
        third = (rest - first - second) % size
        i, j, k = (index[third > second] for index in (first, second, third))
        batches.append((place[i, j], place[j, k], place[i, k]))
    return batches
