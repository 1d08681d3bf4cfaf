"""What every ordering is given."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import numpy as np

from domains.example import Kind
from scheduler.grouping import written_before
from scheduler.linear_ordering.limits import Limits
from scheduler.measurements import Array

HAIR = 1e-7
"""Of the largest effect: nothing against what is measured, and more than rounding."""


@dataclass(frozen=True)
class OrderingInput:
    """What is known when an order is chosen. Arrays and tuples are in the order of `domains`."""

    domains: tuple[str, ...]
    kinds: tuple[Kind, ...]
    weights: Array
    """Shape (n,), sum 1."""
    base: Array = field(default_factory=lambda: np.zeros(0))
    """Base scores, shape (n,); empty before anything was measured."""
    transfer: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """B[i→j], shape (trained, affected)."""
    margin_variance: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Variance of the weighted margin of putting i before j, w_i·B[j→i] − w_j·B[i→j]: (n, n); empty: none."""
    worth: Array = field(default_factory=lambda: np.zeros(0))
    """What each domain's probe, or its group's, did to the weighted total, (n,); empty before anything was measured."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Domains that were probed together, as they are written: what they do to each other is not known."""
    delta_entropy: tuple[float | None, ...] = ()
    """Change of each domain's own-sample entropy by its own probe, nats per token; None if not measured."""
    limits: Limits | None = None
    """What `bwt` and `bwt_entropy` keep; other orderings do not look at it."""
    given: tuple[str, ...] = ()
    """The user's order, for `given`."""
    seed: int = 0
    """Seed of `random`."""
    draw: int = 0
    """Which of the random orders."""

    @property
    def wrong(self) -> Array | None:
        """[i][j]: a hair for i after j where both are of one group and i is written first, so that members stand as
        they are written where nothing else tells; None without groups."""
        if not self.groups:
            return None
        return np.asarray(HAIR * np.abs(self.transfer).max() * written_before(self.domains, self.groups), np.float64)

    def only(self, kept: Collection[str]) -> OrderingInput:
        """The same for some of the domains."""
        at = [index for index, name in enumerate(self.domains) if name in kept]
        return replace(
            self,
            domains=tuple(self.domains[index] for index in at),
            kinds=tuple(self.kinds[index] for index in at),
            weights=self.weights[at],
            base=self.base[at] if self.base.size else self.base,
            transfer=self.transfer[np.ix_(at, at)] if self.transfer.size else self.transfer,
            margin_variance=self.margin_variance[np.ix_(at, at)] if self.margin_variance.size else self.margin_variance,
            worth=self.worth[at] if self.worth.size else self.worth,
            groups=tuple(tuple(name for name in members if name in kept) for members in self.groups),
            delta_entropy=tuple(self.delta_entropy[index] for index in at) if self.delta_entropy else (),
            limits=self.limits.only(at) if self.limits else None,
            given=tuple(name for name in self.given if name in kept),
        )


Ordering = Callable[[OrderingInput], tuple[str, ...]]
"""Domains first to last. Pure; ties are broken by name, never by position in the input."""
