"""The orders that a plan chooses from: all of them where that is possible, else those that could be best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

import numpy as np

from scheduler.linear_ordering.best_orders import solve
from scheduler.linear_ordering.exact import MOST_DOMAINS
from scheduler.measurements import Array, Path
from scheduler.transfer_model import PathModel

MOST_ENUMERATED = 6
"""6 domains have 720 orders, 1,956 with leaving out."""
DRAWS = 40
MOST_CANDIDATES = 6000
"""That the best orders' neighbours come to, about, where there are more domains than can be solved exactly."""
CELLS = 10_000_000
"""Work for solving the draws; above 11 domains fewer are solved, at least 6."""


def candidate_orders(
    model: PathModel, kept: Sequence[str], weights: Array, *, leave_out: bool = False
) -> tuple[Path, ...]:
    """Orders of the domains in `kept`, sorted; with `leave_out` also of all non-empty sets of them.

    Above six domains: the best orders under draws of the effects from the model's posterior, and all that
    differ from one of them by moving one domain; of very many domains, by few places.
    """
    if len(kept) <= MOST_ENUMERATED:
        sizes = range(1, len(kept) + 1) if leave_out else (len(kept),)
        return tuple(sorted(order for size in sizes for order in permutations(sorted(kept), size)))
    found = set(_drawn(model, tuple(sorted(kept)), weights, leave_out))
    # A model's beliefs about so many orders hold their covariance.
    few = max(1, MOST_CANDIDATES // (2 * len(found) * len(kept)))
    reach = len(kept) if len(kept) <= MOST_DOMAINS else few
    return tuple(sorted(found.union(*(_neighbours(order, reach) for order in found))))


def _drawn(model: PathModel, kept: Path, weights: Array, leave_out: bool) -> Iterable[Path]:
    """The two best orders of each draw, and of the posterior mean."""
    size, count = len(model.domains), len(kept)
    draws = max(6, min(DRAWS, CELLS // (count << count)))
    effects = model.effects()
    samples = np.vstack([effects.mean, effects.sample(draws, np.random.default_rng(0))])
    transfer = np.swapaxes(samples.reshape(-1, size, 1 + size)[:, :, 1:], 1, 2)
    at = [model.domains.index(name) for name in kept]
    best = solve(kept, weights[at], transfer[:, at][:, :, at], leave_out=leave_out)
    return (best.order(index, rank) for index in range(len(samples)) for rank in (0, 1))


def _neighbours(order: Path, reach: int) -> set[Path]:
    found = set()
    for start, name in enumerate(order):
        rest = order[:start] + order[start + 1 :]
        ends = range(max(0, start - reach), min(len(order), start + reach + 1))
        found |= {(*rest[:end], name, *rest[end:]) for end in ends}
    return found
