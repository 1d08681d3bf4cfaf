"""An upper bound over all 3-dicycle cuts at once, without a linear program.

In an order, s_ij + s_jk − s_ik is −1 or 1 for all i < j < k. Any multipliers y of the triples bound every order:

    Σ d·s  ≤  Σ |y|  +  Σ_pairs |r|,    r = d − (what the triples' multipliers take from each pair).

Its minimum over y is the value of the linear program with all 3-dicycle cuts. The pairs' |r| is smoothed near 0
(Huber) and every y is moved to where its own term stops falling, which is Dykstra's projection method for metric
polytopes (Veldt, Gleich, Wirth & Saunderson 2019); here with momentum from sweep to sweep, restarted where it
overshoots (O'Donoghue & Candès 2015), and with the smoothing halved as it goes on. The triples with
i + j + k ≡ t (mod n) share no pair, so each t is one step over arrays.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from scheduler.linear_ordering.problem import Ints, OrderingProblem
from scheduler.measurements import Array

# Triples beyond these are left out: the bound stays valid and gets weaker.
MOST_TRIPLES = 4_000_000
SWEEPS = 25
SMOOTH, SMOOTH_LAST = 0.5, 1e-3
LEAST_PROGRESS = 1e-2
NO_MULTIPLIER = 1e-9


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


@dataclass(frozen=True)
class Triples:
    """i < j < k as the pairs ij, jk, ik, sorted by (i + j + k) mod n."""

    ij: Ints
    jk: Ints
    ik: Ints
    batches: tuple[slice, ...]
    """Runs of triples that share no pair."""

    def residual(self, signed: Array, multipliers: Array) -> Array:
        """r, summed anew: errors of many small steps must not lower the bound."""
        size = len(signed)
        taken = np.bincount(self.ij, multipliers, size) + np.bincount(self.jk, multipliers, size)
        return signed - taken + np.bincount(self.ik, multipliers, size)


def ascend(problem: OrderingProblem, value: float, deadline: float) -> Ascent:
    """Lower the bound until it proves `value`, hardly moves, or time is up."""
    triples = _triples(problem)
    mean = float(np.abs(problem.signed).mean())
    multipliers, smooth = np.zeros(len(triples.ij)), SMOOTH * mean
    best, carrier = _bound(problem.signed, multipliers), multipliers
    while problem.room(best, value) > 0 and time.perf_counter() < deadline:
        multipliers = _sweeps(problem.signed, multipliers, triples, smooth, deadline)
        found = _bound(triples.residual(problem.signed, multipliers), multipliers)
        slow = best - found < LEAST_PROGRESS * (best - value)
        if found < best:
            best, carrier = found, multipliers
        if slow and smooth <= SMOOTH_LAST * mean:
            break
        smooth = max(smooth / 2, SMOOTH_LAST * mean)
    used = np.flatnonzero(np.abs(carrier) > NO_MULTIPLIER)
    residual = triples.residual(problem.signed, carrier)
    return Ascent(
        bound=best,
        residual=residual,
        triples=np.stack([triples.ij[used], triples.jk[used], triples.ik[used]], axis=1),
        sides=np.sign(carrier[used]).astype(np.int64),
        signs=(residual / max(smooth, NO_MULTIPLIER)).clip(-1, 1),
    )


def _sweeps(signed: Array, multipliers: Array, triples: Triples, smooth: float, deadline: float) -> Array:
    """Better multipliers under one smoothing."""
    residual = triples.residual(signed, multipliers)
    before, was, lowest, run = multipliers, residual, np.inf, 0
    for _ in range(SWEEPS):
        if time.perf_counter() > deadline:
            break
        ahead = run / (run + 3)
        trial, left = multipliers + ahead * (multipliers - before), residual + ahead * (residual - was)
        _sweep(left, trial, triples, smooth)
        reached = _smoothed(left, trial, smooth)
        if reached > lowest:
            before, was, lowest, run = multipliers, residual, np.inf, 0
            continue
        before, was, multipliers, residual = multipliers, residual, trial, left
        lowest, run = reached, run + 1
    return multipliers


def _sweep(residual: Array, multipliers: Array, triples: Triples, smooth: float) -> None:
    """Moves every multiplier once; both arrays change in place."""
    third = smooth / 3
    for batch in triples.batches:
        ij, jk, ik = triples.ij[batch], triples.jk[batch], triples.ik[batch]
        old, one, two, three = multipliers[batch], residual[ij], residual[jk], residual[ik]
        slope = one.clip(-smooth, smooth) + two.clip(-smooth, smooth) - three.clip(-smooth, smooth)
        new = old + slope / 3
        new -= new.clip(-third, third)
        moved = new - old
        residual[ij] = one - moved
        residual[jk] = two - moved
        residual[ik] = three + moved
        multipliers[batch] = new


def _bound(residual: Array, multipliers: Array) -> float:
    return float(np.abs(residual).sum() + np.abs(multipliers).sum())


def _smoothed(residual: Array, multipliers: Array, smooth: float) -> float:
    """The bound with Huber's function for |r|."""
    size = np.abs(residual)
    near = np.minimum(size, smooth)
    return float((near * (2 * size - near)).sum() / (2 * smooth) + np.abs(multipliers).sum())


def _triples(problem: OrderingProblem) -> Triples:
    size, place = problem.size, problem.place
    first, second = problem.pairs
    most = max(1, MOST_TRIPLES // max(1, size * size // 6))
    parts, batches, start = [], [], 0
    for rest in range(min(size, most)):
        third = (rest - first - second) % size
        i, j, k = (index[third > second] for index in (first, second, third))
        parts.append((place[i, j], place[j, k], place[i, k]))
        batches.append(slice(start, start + len(i)))
        start += len(i)
    ij, jk, ik = (np.concatenate(pairs) for pairs in zip(*parts, strict=True))
    return Triples(ij, jk, ik, tuple(batches))
