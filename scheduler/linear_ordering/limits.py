"""Limits that an order has to keep, held exactly.

Each limit is on one domain: where that is placed, a start plus the effects of all domains before it, or of all after
it, plus a margin for how little is known of them, must not be above 0; what is above is the excess. Which set stands
before a domain decides all of this, so the excess is a number for every step of the dynamic programme over subsets
(scheduler/linear_ordering/exact.py): of placing a domain right after a set. Two passes over the subsets tell which
steps lie on an order whose excesses sum to the least there can be; the programme then goes by these steps alone. Where
some order keeps all limits that least is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.grouping import Flags
from scheduler.linear_ordering.problem import Ints
from scheduler.linear_ordering.subsets import bits, layers
from scheduler.measurements import Array

GRID = 2.0**40
"""Multiples of 2⁻⁴⁰ add up without rounding, whatever the order."""
SLACK = 2.0**10
"""In units of the grid, about 10⁻⁹: excesses are rounded to it, so that a limit that is just reached is kept."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Some limits on n domains. What is summed is in units of the limit's measure."""

    on: Ints
    """The domain that each is on, (limits,)."""
    after: Flags
    """Whether the domains after it count, else those before it: (limits,)."""
    start: Array
    """(limits,)."""
    effects: Array
    """(limits, n)."""
    doubt: Array
    """Margin for each effect, and last for the start: (limits, n + 1). Margins of independent quantities add up by
    their squares."""
    units: Ints
    """Number of what told a domain's effects: margins of those with one number add up as they are, (n,)."""

    @classmethod
    def certain(cls, on: Ints, after: Flags, start: Array, effects: Array) -> Limits:
        """Without margins."""
        size = effects.shape[1]
        return cls(on, after, start, effects, np.zeros((len(effects), size + 1)), np.arange(size, dtype=np.int64))

    def only(self, at: Sequence[int]) -> Limits:
        """Of some domains in this order; limits on others are dropped."""
        place = {domain: new for new, domain in enumerate(at)}
        kept = [row for row, domain in enumerate(self.on.tolist()) if domain in place]
        on = np.array([place[int(self.on[row])] for row in kept], dtype=np.int64)
        return Limits(
            on,
            self.after[kept],
            self.start[kept],
            self.effects[np.ix_(kept, list(at))],
            self.doubt[np.ix_(kept, [*at, -1])],
            self.units[list(at)],
        )

    def excess(self) -> Array:
        """What is above its limits where a domain comes right after a set, (n, sets), in units of the grid."""
        size = self.effects.shape[1]
        within = bits(size)
        found = np.zeros((size, len(within)))
        for row, domain in enumerate(self.on):
            found[domain] += self._above(row, 1 - within if self.after[row] else within)
        return found

    def excess_of(self, order: Sequence[int]) -> Array:
        """What is above each limit under an order of all domains: (limits,), in its measure's unit."""
        place = np.argsort(order)
        own = place[self.on][:, None]
        sides = np.where(self.after[:, None], place > own, place < own).astype(np.float64)
        return np.array([self._above(row, side[None])[0] for row, side in enumerate(sides)]) / GRID

    def _above(self, row: int, sides: Array) -> Array:
        """Of one limit, where the domains of these sets count, (sets, n), but for its own: (sets,)."""
        others = sides * (np.arange(sides.shape[1]) != self.on[row])
        told = (self.units[:, None] == np.unique(self.units)).astype(np.float64)
        margins = (others * self.doubt[row, :-1]) @ told
        margin = np.sqrt(self.doubt[row, -1] ** 2 + (margins**2).sum(axis=1))
        summed = others @ np.round(self.effects[row] * GRID) + np.round(self.start[row] * GRID)
        return np.asarray(np.maximum(0.0, np.round((summed + margin * GRID) / SLACK) * SLACK))

    def steps(self) -> Flags:
        """(n, sets): whether some order that exceeds its limits least places this domain right after this set."""
        cost = self.excess()
        size, sets = cost.shape
        begun, rest = np.full(sets, np.inf), np.full(sets, np.inf)
        begun[0] = rest[-1] = 0.0
        for layer, members in layers(size):
            before = layer[:, None] ^ (1 << members)
            begun[layer] = (begun[before] + cost[members, before]).min(axis=1)
        for layer, members in reversed(layers(size)):
            before = layer[:, None] ^ (1 << members)
            np.minimum.at(rest, before, cost[members, before] + rest[layer][:, None])
        joined = np.arange(sets) | (1 << np.arange(size))[:, None]
        new = joined != np.arange(sets)
        return np.asarray(new & (begun + cost + rest[joined] == begun[-1]))
