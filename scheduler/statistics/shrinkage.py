"""Effects pulled towards their mean as far as they are noise: empirical Bayes, by the method of moments.

The order with the best total is chosen among many, so its measured total is too high: what chance added is chosen too.
What is expected of an effect given all of them does not depend on what is chosen by it, and so is free of that.
Effects on other domains are one group, own gains another. A group of k effects b with mean square error v (the mean of
their squared standard errors) and variance s² (with k − 1) becomes

    b̄ + (1 − L)·(b − b̄),     L = min(1, (k − 3)/(k − 1) · v/s²)

(James and Stein's estimator about the mean; Efron and Morris 1975, JASA 70), each with the variance

    v·(1 − (k − 1)/k·L) + 2/(k − 3)·L²·(b − b̄)²

(Morris 1983, JASA 78), which counts that s² is itself uncertain. Three effects or fewer, and effects that were measured
without error, stay as they are. One seed shows nothing of what chance does to a training run: then `LUCK` of the
variance that items do not explain is taken for chance, as much as it was in two of the project's three tables of all
orders (benchmarks/orders: .43, .39, .12).

The stage of a domain that taught nothing is no draw from what stages do, and stands apart: its own gain by itself, its
effects on others a group of their own. Where its weights did not move they are 0 without error and stay so. Among the
others they would draw the true effects to 0, and make the noise seem smaller than it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array

LUCK = 0.4
"""Share of the variance between effects, items' noise taken off, that counts as chance where there is one seed."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """What is expected of each effect, given all that were measured, and how far off it may be."""

    domains: tuple[str, ...]
    mean: Array
    """(trained, affected)."""
    deviation: Array
    """Standard deviation, (trained, affected)."""

    def sample(self, count: int, seed: int = 0) -> Array:
        """Independent normal draws, (count, trained, affected); those of a pair depend on its names, not its place."""
        size = len(self.domains)
        place = np.argsort(np.argsort(np.array(self.domains)))
        normal = np.random.default_rng(seed).standard_normal((count, size, size))
        return np.asarray(self.mean + self.deviation * normal[:, place][:, :, place])


def shrink(domains: Sequence[str], effects: Array, variance: Array, seeds: int, idle: Collection[str] = ()) -> Shrunk:
    """`effects` and their squared standard errors are (trained, affected), from this many seeds; the stages of the
    domains in `idle` taught nothing."""
    mean, deviation = np.empty_like(effects), np.empty_like(effects)
    own = np.eye(len(effects), dtype=bool)
    taught = np.array([name not in idle for name in domains])
    kinds = [taught[:, None], *(one[:, None] for one in np.diag(~taught)[~taught])]
    for group in (kind & place for kind in kinds for place in (own, ~own)):
        mean[group], deviation[group] = _group(effects[group], variance[group], seeds)
    return Shrunk(tuple(domains), mean, deviation)


def _group(effects: Array, variance: Array, seeds: int) -> tuple[Array, Array]:
    """Means and standard deviations."""
    count = len(effects)
    if not count:
        return effects, effects
    noise, spread = float(variance.mean()), float(effects.var(ddof=1)) if count > 1 else 0.0
    if seeds == 1:
        noise += LUCK * max(0.0, spread - noise)
    if count <= 3 or noise == 0:
        return effects, np.full(count, np.sqrt(noise))
    lost = min(1.0, (count - 3) / (count - 1) * noise / spread) if spread > 0 else 1.0
    apart = effects - effects.mean()
    error = noise * (1 - (count - 1) / count * lost) + 2 / (count - 3) * (lost * apart) ** 2
    return effects.mean() + (1 - lost) * apart, np.sqrt(error)
