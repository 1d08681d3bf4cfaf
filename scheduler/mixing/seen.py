"""What a rule of adaptive mixing knows before a round, and what it answers.

Everything is in arrays over all domains, in the curriculum's order; one that is not trained has a share of 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curricula.shares import PARTS
from scheduler.composing.steps import apportion
from scheduler.measurements import Array


@dataclass(frozen=True, eq=False)
class Probe:
    """What one mixture did from the base, before the first round."""

    amounts: Array
    """(domains,): as in scheduler/prediction/dynamics.py."""
    scores: Array
    noise: Array


@dataclass(frozen=True, eq=False)
class Seen:
    """The rounds so far."""

    weights: Array
    """Of the domains in the total, (domains,), sum 1."""
    even: Array
    """Shares of joint training, (domains,), sum 1; 0 for a domain that is not trained."""
    pace: Array
    """(rounds, domains): what a round brings to a domain whose share is 1, in units of the domain's own probe."""
    shares: Array
    """(done, domains): the mixtures of the rounds that are done."""
    scores: Array
    """(done + 1, domains): mean validation scores of the base, and after each of them."""
    noise: Array
    """(done + 1, domains): variance of each one's change from the base."""
    effects: Array | None = None
    """Draws of B from the domains' own probes, (draws, trained, affected); None where there are none."""
    probe: Probe | None = None
    """The joint probe, where there is one."""
    read_off: Array | None = None
    """The same of the round that scores are read off after, whose rate falls to zero at its end; None: as `pace`. After
    the last round nothing is trained, so its two are one."""

    @property
    def reading(self) -> Array:
        """(rounds, domains): what each round brings where it is read off."""
        return self.pace if self.read_off is None else self.read_off

    @property
    def done(self) -> int:
        """How many rounds."""
        return len(self.shares)

    @property
    def kept(self) -> Array:
        """1 for domains that are trained, 0 for others."""
        return (self.even > 0).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Proposal:
    """What a rule says of the next round."""

    shares: Array
    """(domains,), sum 1, before the floor."""
    reasons: Array
    """(domains,): what speaks for each domain; what the number is, `MEANINGS` says by rule."""
    predicted: Array | None = None
    """Scores expected after the round, (domains,); None where the rule predicts nothing."""


def floored(shares: Array, kept: Array, floor: float) -> Array:
    """Every trained domain gets `floor`, and these shares of what is left."""
    return np.asarray(kept * floor + (1 - kept.sum() * floor) * shares)


def in_parts(shares: Array) -> Array:
    """The same in whole thousandths, by largest remainders; a trained domain has at least one. What rounding errors
    could decide is not chosen by."""
    wanted = {str(at): round(float(share), 9) for at, share in enumerate(shares) if share > 0}
    found = apportion(max(PARTS, len(wanted)), wanted)
    return np.array([found.get(str(at), 0) for at in range(len(shares))]) / max(PARTS, len(wanted))


def normalised(values: Array, otherwise: Array) -> Array:
    """In proportion to values of at least 0; where all are 0 as `otherwise`."""
    total = values.sum()
    return values / total if total > 0 else otherwise
