"""What the rounds say about the domains: scheduler/prediction/dynamics.py with its unknowns learnt on the way.

Unknown are, for each affected domain j, the effects B[·→j], how fast own training saturates (c_j), and how much of
others' effects reaches it while it is trained (k_j). They start from the probes where there are any, else from `PRIOR`;
each is an ensemble of members, moved towards the scores that were measured by an ensemble smoother with multiple data
assimilation (Emerick & Reynolds 2013, Computers & Geosciences 55). A domain's unknowns act on its own score alone, so
each domain is updated by its own scores: no chance correlation between domains has any say.

Members and perturbations are fixed draws: the same scores always give the same belief.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array
from scheduler.mixing.seen import Seen
from scheduler.prediction.dynamics import MISFIT, Truth, scores_after

MEMBERS = 120
PASSES = 4
"""How often the scores are taken in, each time with their variance times this."""
ROOM = 0.95
"""Of a domain's distance to 1, what its ceiling takes at most."""


@dataclass(frozen=True)
class Prior:
    """What is believed without probes, and of what probes do not tell."""

    own: float = 0.2
    """B[j→j] as a share of 1 − base: mean, and its standard deviation."""
    own_spread: float = 0.15
    other: float = 0.12
    """Standard deviation of B[i→j]; its mean is 0."""
    saturation: float = 2.5
    """Median of c, and the standard deviation of its logarithm."""
    saturation_spread: float = 0.7
    exposure_spread: float = 1.0
    """Standard deviation of k's log-odds; its median is one half."""


PRIOR = Prior()


@dataclass(frozen=True, eq=False)
class Belief:
    """Members of the ensemble, and where each supposes training to stand."""

    truth: Truth
    now: Array
    """Scores after the rounds so far, (members, domains)."""

    def after(self, training: Array) -> Array:
        """Scores (members, domains) after further stages of these amounts (stages, domains)."""
        return scores_after(training, self.truth, self.now)


def believe(seen: Seen) -> Belief:
    """From all that was measured so far."""
    rng = np.random.default_rng(0)
    base = seen.scores[0]
    members = _first(seen, rng)
    done = seen.shares * seen.pace[: seen.done]
    told = _told(seen)
    if told.size:
        noise = _noise(seen) + MISFIT**2
        for _ in range(PASSES):
            expected = _expected(seen, _truth(base, members))
            jitter = rng.standard_normal(expected.shape) * np.sqrt(PASSES * noise)
            members = _moved(members, expected, told + jitter, PASSES * noise)
    truth = _truth(base, members)
    return Belief(truth, scores_after(done, truth))


def _first(seen: Seen, rng: np.random.Generator) -> Array:
    """(members, domains, unknowns): B[·→j], log c_j, log-odds of k_j."""
    base, size = seen.scores[0], len(seen.even)
    rest = rng.standard_normal((MEMBERS, size, 2)) * (PRIOR.saturation_spread, PRIOR.exposure_spread)
    rest[..., 0] += np.log(PRIOR.saturation)
    if seen.effects is not None:
        effects = seen.effects[np.arange(MEMBERS) % len(seen.effects)]
    else:
        effects = PRIOR.other * rng.standard_normal((MEMBERS, size, size))
        at = np.arange(size)
        own = PRIOR.own + PRIOR.own_spread * rng.standard_normal((MEMBERS, size))
        effects[:, at, at] = own * (1 - base)
    return np.concatenate([np.swapaxes(effects, 1, 2), rest], axis=2)


def _truth(base: Array, members: Array) -> Truth:
    size = len(base)
    repair = np.exp(np.clip(members[..., size], -3.0, 4.0))
    effects = np.swapaxes(members[..., :size], 1, 2).copy()
    at = np.arange(size)
    # Whatever a member supposes, no ceiling is above 1, or below 0.
    closes = -np.expm1(-repair)
    effects[:, at, at] = np.clip(effects[:, at, at], -ROOM * base * closes, ROOM * (1 - base) * closes)
    return Truth(base, effects, repair, 1 / (1 + np.exp(-members[..., size + 1])))


def _expected(seen: Seen, truth: Truth) -> Array:
    """(members, told, domains): what each member would have measured."""
    found, now = [], None
    for shares, pace, reading in zip(seen.shares, seen.pace, seen.reading, strict=False):
        found.append(scores_after((shares * reading)[None], truth, now))
        now = scores_after((shares * pace)[None], truth, now)
    if seen.probe is not None:
        found.append(scores_after(seen.probe.amounts[None], truth))
    return np.stack(found, axis=1)


def _told(seen: Seen) -> Array:
    """(told, domains): scores after each round, then those of the joint probe."""
    return np.concatenate([seen.scores[1:], *([seen.probe.scores[None]] if seen.probe else [])])


def _noise(seen: Seen) -> Array:
    return np.concatenate([seen.noise[1:], *([seen.probe.noise[None]] if seen.probe else [])])


def _moved(members: Array, expected: Array, told: Array, noise: Array) -> Array:
    """Each domain's unknowns, moved by Kalman's rule with the ensemble's covariances."""
    apart, off = members - members.mean(axis=0), expected - expected.mean(axis=0)
    across = np.einsum("mju,mtj->jut", apart, off) / (len(members) - 1)
    among = np.einsum("mtj,msj->jts", off, off) / (len(members) - 1)
    at = np.arange(among.shape[1])
    among[:, at, at] += noise.T
    gain = np.swapaxes(np.linalg.solve(among, np.swapaxes(across, 1, 2)), 1, 2)
    return np.asarray(members + np.einsum("jut,mtj->mju", gain, told - expected))
