"""A Gaussian process over schedules, complete or begun: what a search believes about those it has not trained.

Two schedules are alike for four reasons, which add up:

    linear    the same effects count: additive transfer, as in scheduler/prediction/predict.py, with unknown sizes
    nearby    most effects are the same: an exponential (Mallows) kernel, for what is not additive
    inherited they begin with the same stages, so they inherit the same luck, as far as later stages left it
    level     a mean that is common to all

Its scales are those under which the data are most probable, each tried on a grid, with a mild prior for its middle.
Where the scores of all domains are known, each has a process of its own, and the value is their weighted mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from scheduler.measurements import Array
from scheduler.search.points import Ints, Points, apart, common_luck, own_luck, stacked
from scheduler.statistics.gaussian import factored, left_out, log_evidence, marginals

LEVEL = 4.0
"""Variance of the common mean; values are standardised."""
MOST_FITTED = 150
"""Observations that scales are fitted to; all of them are conditioned on."""
FITTED = 6
"""Scores whose scales are fitted."""
PRIOR_STRENGTH = 0.15
FENCE = 3.0
"""Interquartile ranges below the median that a value may lie."""


class Scales(NamedTuple):
    """Variances of the parts, of the noise, and the rate at which likeness falls with distance."""

    linear: float = 1.0
    nearby: float = 0.1
    rate: float = 3.0
    inherited: float = 0.03
    noise: float = 0.003


GRID = {
    "linear": (0.1, 0.3, 1.0, 3.0, 10.0),
    "nearby": (0.01, 0.03, 0.1, 0.3, 1.0),
    "rate": (1.0, 3.0, 10.0),
    "inherited": (0.003, 0.01, 0.03, 0.1, 0.3),
    "noise": (0.0003, 0.003, 0.03, 0.3),
}


@dataclass(frozen=True)
class Parts:
    """Covariances between two sets of points before they are scaled, each (a, b)."""

    linear: Array
    apart: Array
    inherited: Array
    _likeness: dict[float, Array] = field(default_factory=dict, repr=False)
    """By the rate at which it falls: many scales have few rates."""

    def scaled(self, scales: Scales) -> Array:
        """The covariance, (a, b)."""
        if scales.rate not in self._likeness:
            self._likeness[scales.rate] = np.exp(-scales.rate * self.apart)
        nearby = scales.nearby * self._likeness[scales.rate]
        return np.asarray(LEVEL + scales.linear * self.linear + nearby + scales.inherited * self.inherited)


@dataclass(frozen=True)
class Aspect:
    """What a score depends on: features whose effects on it add up, and its number among the outputs of `luck`."""

    direct: Ints
    output: int | None = None
    """None: it is the mean of all."""


def parts(one: Points, other: Points, aspect: Aspect, distance: Array | None = None) -> Parts:
    """Linear part and distance are per feature, so that both stay near 1 for any number of domains.

    `distance` is `apart` of the two, where it is known: it is the same for all aspects.
    """
    direct = aspect.direct
    return Parts(
        linear=one.features[:, direct] @ other.features[:, direct].T / max(len(direct), 1) ** 0.5,
        apart=distance if distance is not None else one.apart if one is other else apart(one, other),
        inherited=common_luck(one, other, aspect.output),
    )


def _variances(points: Points, aspect: Aspect, scales: Scales) -> Array:
    """The prior's, (m,): the diagonal of the covariance."""
    linear = (points.features[:, aspect.direct] ** 2).sum(axis=1) / max(len(aspect.direct), 1) ** 0.5
    luck = own_luck(points, aspect.output)
    return np.asarray(LEVEL + scales.linear * linear + scales.nearby + scales.inherited * luck)


@dataclass(frozen=True)
class Surrogate:
    """One score, conditioned on its values at points; `fit` makes it."""

    seen: Points
    values: Array
    """Standardised."""
    mean: float
    deviation: float
    aspect: Aspect
    scales: Scales

    @cached_property
    def _factor(self) -> Array:
        covariance = parts(self.seen, self.seen, self.aspect).scaled(self.scales)
        return factored(covariance, self.scales.noise)

    def at(self, asked: Points, away: Array | None = None) -> tuple[Array, Array]:
        """Mean and standard deviation of the score of each schedule, with what luck it is still to have.

        `away`: `apart` of what was seen and what is asked, where it is known.
        """
        across = parts(self.seen, asked, self.aspect, away).scaled(self.scales)
        mean, deviation = marginals(self._factor, across, _variances(asked, self.aspect, self.scales), self.values)
        return self.mean + self.deviation * mean, self.deviation * deviation

    @cached_property
    def surprise(self) -> float:
        """How many times larger than it should be the error in what was seen is, each value left out in turn; ≥ 1."""
        errors = left_out(self._factor, self.values)
        return max(1.0, float(np.sqrt(np.mean(errors**2))))

    def believing(self, pending: Points, together: Points | None = None) -> Surrogate:
        """As if the pending schedules had been trained and had scored what is expected of them.

        `together`: what was seen and them, where it is stacked already.
        """
        expected, _ = self.at(pending)
        values = np.concatenate([self.values, (expected - self.mean) / self.deviation])
        return replace(self, seen=together or stacked([self.seen, pending]), values=values)


@dataclass(frozen=True)
class Blend:
    """A weighted mean of scores that are independent given what was seen."""

    weights: tuple[float, ...]
    scores: tuple[Surrogate, ...]

    @property
    def seen(self) -> Points:
        """Where all scores were seen."""
        return self.scores[0].seen

    def each(self, asked: Points) -> list[tuple[Array, Array]]:
        """`Surrogate.at` of every score."""
        away = apart(self.seen, asked)
        return [score.at(asked, away) for score in self.scores]

    def at(self, asked: Points, *, cautious: bool = False) -> tuple[Array, Array]:
        """Mean and standard deviation of the value of each schedule; `cautious`: deviations times the surprise."""
        found = self.each(asked)
        wider = [score.surprise if cautious else 1.0 for score in self.scores]
        mean = sum(weight * mean for weight, (mean, _) in zip(self.weights, found, strict=True))
        spreads = [
            weight * factor * spread for weight, factor, (_, spread) in zip(self.weights, wider, found, strict=True)
        ]
        return np.asarray(mean), np.asarray(sum(spread**2 for spread in spreads) ** 0.5)

    def believing(self, pending: Points) -> Blend:
        """See `Surrogate.believing`."""
        together = stacked([self.seen, pending])
        return replace(self, scores=tuple(score.believing(pending, together) for score in self.scores))


def fit(seen: Points, values: Array, aspect: Aspect, scales: Scales | None = None) -> Surrogate:
    """The model of `values` (m,) at distinct points, m ≥ 1; its scales are fitted where none are given."""
    values = _fenced(values)
    mean, deviation = float(values.mean()), float(values.std())
    deviation = deviation if deviation > 1e-12 * max(abs(mean), 1.0) else 1.0
    standard = (values - mean) / deviation
    return Surrogate(seen, standard, mean, deviation, aspect, scales or _scales(seen, standard, aspect))


def blend(seen: Points, values: Sequence[Array], weights: Sequence[float], aspects: Sequence[Aspect]) -> Blend:
    """One model for each score. Of many, the scales of some are fitted, and their middle is that of all others."""
    pairs = list(zip(values, aspects, strict=True))
    picked = set(np.linspace(0, len(pairs) - 1, min(len(pairs), FITTED)).astype(int).tolist())
    own = {at: fit(seen, *pairs[at]) for at in sorted(picked)}
    middle = Scales(**{name: float(np.median([getattr(one.scales, name) for one in own.values()])) for name in GRID})
    scores = tuple(own[at] if at in own else fit(seen, *pair, middle) for at, pair in enumerate(pairs))
    return Blend(tuple(weights), scores)


def _fenced(values: Array) -> Array:
    """Values far below all others count as just far below: how bad the hopeless are says nothing about the best."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return np.maximum(values, middle - FENCE * (high - low)) if high > low else values


def _scales(seen: Points, values: Array, aspect: Aspect) -> Scales:
    """Coordinate ascent on the grid: two rounds."""
    rows = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_FITTED)).astype(int))
    points, some = seen if len(rows) == len(seen) else seen[rows], values[rows]
    made = parts(points, points, aspect)
    best = Scales()
    known: dict[Scales, float] = {}

    def merit(scales: Scales) -> float:
        if scales not in known:
            known[scales] = log_evidence(factored(made.scaled(scales), scales.noise), some) - _implausible(scales)
        return known[scales]

    for _ in range(2):
        for name, grid in GRID.items():
            best = max((best._replace(**{name: value}) for value in grid), key=merit)
    return best


@lru_cache(maxsize=math.prod(map(len, GRID.values())))
def _implausible(scales: Scales) -> float:
    middle = Scales()
    return PRIOR_STRENGTH * sum(float(np.log(getattr(scales, name) / getattr(middle, name)) ** 2) for name in GRID)
