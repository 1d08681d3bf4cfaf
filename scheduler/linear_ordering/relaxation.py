"""One linear program on HiGHS, and a bound from it that does not rest on the solver's tolerances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from scheduler.linear_ordering.cuts import matrix
from scheduler.linear_ordering.problem import Ints, OrderingProblem
from scheduler.measurements import Array

TIGHT = 1e-7
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Relaxation:
    """A solution s, a bound on Σ d·s, and which cuts hold it."""

    signs: Array
    bound: float
    reduced: Array
    """r over pairs: moving s_e by a from the end of its range that the bound assumes lowers the bound by a·|r_e|."""
    tight: Ints
    """The cuts worth keeping."""


def relax(problem: OrderingProblem, cuts: Ints, low: Array, high: Array, seconds: float) -> Relaxation | None:
    """Maximise Σ d·s under `cuts` and low ≤ s ≤ high. None where HiGHS found no optimum in the time.

    The bound is computed from the cuts' multipliers λ alone: Σ λ + Σ max(r·low, r·high), r = d − Σ λ·cut. It
    holds for any λ ≥ 0, so that a multiplier that is slightly off weakens it and never breaks it.
    """
    # HiGHS measures its tolerances in absolute terms.
    unit = float(np.abs(problem.signed).max()) or 1.0
    rows = matrix(problem, cuts)
    ones = np.ones(len(cuts))
    options = {
        "time_limit": max(seconds, 0.01),
        "primal_feasibility_tolerance": TOLERANCE,
        "dual_feasibility_tolerance": TOLERANCE,
    }
    bounds = np.stack([low, high], axis=1)
    done = linprog(-problem.signed / unit, A_ub=rows, b_ub=ones, bounds=bounds, method="highs-ds", options=options)
    if done.status != 0:
        return None
    multipliers = np.maximum(-done.ineqlin.marginals, 0.0) * unit
    reduced = problem.signed - rows.T @ multipliers
    bound = float(multipliers.sum() + np.maximum(reduced * low, reduced * high).sum())
    tight = (multipliers > 0) | (rows @ done.x > 1 - TIGHT)
    return Relaxation(done.x, bound, reduced, cuts[tight])
