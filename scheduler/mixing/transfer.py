"""The mixture that is expected to end best, by what the rounds so far did to every domain.

Planned are the next round and one mixture for all that is left after it, together, so that a domain which harms others
can be trained first and what it harmed last; then only the round is trained, and all is planned again. A plan is worth
the mean of its objective at the budget's end over what is believed (belief.py), and `explore` × the standard deviation
of its distance to going on as joint training does, by how much budget is left to use what would be learnt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from curricula.schema import Adaptive
from scheduler.measurements import Array
from scheduler.mixing.belief import Belief, believe
from scheduler.mixing.seen import Proposal, Seen, floored

NUDGE = 0.05
"""Share that is moved to a domain to see what it is worth."""
STEPS = 30
FIRST_STEP = 1.0
LAST_STEP = 0.02
"""Of the logarithm of a share: where steps get smaller than this the plan stands."""
MOST = 0.7
"""Share of the one domain in the plans to begin with."""
SPREAD = 0.02
"""What the mean counts beside the worst domain: it decides where the worst one cannot be helped."""
DIGITS = 9
RoundShares = tuple[Array, Array]
"""Shares in the next round, and in all after it, before the floor."""


def transfer(seen: Seen, spec: Adaptive) -> Proposal:
    """The first half of the best plan; its reasons: what `NUDGE` more of a domain would add to the objective."""
    outlook = Outlook(seen, spec, believe(seen))
    best = max((_climbed(start, outlook) for start in _starts(outlook)), key=lambda plan: round(outlook.value(plan), 6))
    shares = floored(best[0], seen.kept, spec.floor)
    return Proposal(
        best[0],
        outlook.gradient(best, 0) * seen.kept,
        outlook.belief.after((shares * seen.reading[seen.done])[None]).mean(axis=0),
    )


@dataclass(frozen=True, eq=False)
class Outlook:
    """What plans are worth."""

    seen: Seen
    spec: Adaptive
    belief: Belief

    def value(self, plan: RoundShares) -> float:
        """Higher is better."""
        found = self.objective(plan)
        left = len(self.seen.pace) - self.seen.done - 1
        if not self.spec.explore or not left:
            return float(found.mean())
        unsure = float((found - self._joint).std())
        return float(found.mean()) + self.spec.explore * unsure * left / len(self.seen.pace)

    def objective(self, plan: RoundShares) -> Array:
        """At the budget's end, (members,)."""
        ahead = self.seen.pace[self.seen.done :]
        first, rest = (floored(shares, self.seen.kept, self.spec.floor) for shares in plan)
        stages = [first * ahead[0], *([rest * ahead[1:].sum(axis=0)] if len(ahead) > 1 else [])]
        scores = self.belief.after(np.array(stages))
        kept = self.seen.kept
        match self.spec.objective:
            case "weighted":
                return np.asarray(scores @ self.seen.weights)
            case "mean":
                return np.asarray(scores.mean(axis=1))
            case "worst":
                worst = np.where(kept > 0, scores, np.inf).min(axis=1)
                return np.asarray((1 - SPREAD) * worst + SPREAD * scores.mean(axis=1))

    def gradient(self, plan: RoundShares, part: int) -> Array:
        """What moving `NUDGE` to each domain in this half of the plan adds to its value, (domains,)."""
        now = self.value(plan)
        found = np.zeros(len(self.seen.even))
        for at in np.flatnonzero(self.seen.kept):
            moved = (1 - NUDGE) * plan[part]
            moved[at] += NUDGE
            found[at] = self.value((moved, plan[1]) if part == 0 else (plan[0], moved)) - now
        return np.round(found, DIGITS)

    @cached_property
    def _joint(self) -> Array:
        return self.objective((self.seen.even, self.seen.even))


def _starts(outlook: Outlook) -> list[RoundShares]:
    """Joint training; the best single domain to be trained first, and the best to be left for last."""
    even = outlook.seen.even
    singles = [_single(even, int(at)) for at in np.flatnonzero(even)]
    first: list[RoundShares] = [(one, even) for one in singles]
    last: list[RoundShares] = [(even, one) for one in singles]
    return [(even, even), *(max(some, key=lambda plan: round(outlook.value(plan), 6)) for some in (first, last))]


def _single(even: Array, at: int) -> Array:
    shares = (1 - MOST) * even
    shares[at] += MOST
    return np.asarray(shares)


def _climbed(plan: RoundShares, outlook: Outlook) -> RoundShares:
    """Uphill by exponentiated gradients (Kivinen & Warmuth 1997), in smaller steps where one goes down."""
    step, value = FIRST_STEP, outlook.value(plan)
    slopes = _slopes(plan, outlook)
    for _ in range(STEPS):
        tried = (_tilted(plan[0], step * slopes[0]), _tilted(plan[1], step * slopes[1]))
        found = outlook.value(tried)
        if found > value + 10.0**-DIGITS:
            plan, value, slopes = tried, found, _slopes(tried, outlook)
        elif (step := step / 2) < LAST_STEP:
            break
    return plan


def _slopes(plan: RoundShares, outlook: Outlook) -> tuple[Array, Array]:
    """Of both halves, the largest 1 in size."""
    first, rest = outlook.gradient(plan, 0), outlook.gradient(plan, 1)
    largest = max(float(np.abs(first).max()), float(np.abs(rest).max()))
    return (first / largest, rest / largest) if largest > 0 else (first, rest)


def _tilted(shares: Array, logs: Array) -> Array:
    odds = shares * np.exp(logs)
    return np.asarray(odds / odds.sum())
