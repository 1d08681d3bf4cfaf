"""Scores after any path of sequential stages, learnt from every path that was trained.

For each domain j the score after a path is a Gaussian process: the recursion of `Settings`, linear in the base
score and the effects B[·→j] (normal priors), plus a residual with a Mallows kernel over the path's marks. The
variants differ in the grid of settings that they consider; each setting counts by its evidence (the probability of
the data under it, domains together), and predictions are the mixture's mean and covariance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array, Path
from scheduler.statistics.gaussian import JITTER, Posterior
from scheduler.transfer_model.features import features
from scheduler.transfer_model.luck import inherited
from scheduler.transfer_model.path_kernel import mallows, marks
from scheduler.transfer_model.prior import Prior, make_prior
from scheduler.transfer_model.settings import Settings

LEAST_NOISE = 1e-8
"""Variance; keeps equal observations of equal paths from being singular."""
MOST_COMPONENTS = 12
COVERED = 0.98
"""Settings beyond this share of the evidence are dropped."""


@dataclass(frozen=True, eq=False)
class Component:
    """One setting given the data: its share of the evidence, and the solved system of each domain."""

    share: float
    settings: Settings
    inverse: Array
    """Inverse of the data's covariance, (domains, seen, seen)."""
    solved: Array
    """Inverse × (data − prior mean), (domains, seen)."""


@dataclass(frozen=True, eq=False)
class ScorePosterior:
    """Jointly normal scores of some paths; domains are independent of each other given the data."""

    mean: Array
    """(paths, domains)."""
    covariance: Array
    """(domains, paths, paths), without observation noise."""

    def totals(self, weights: Array) -> Posterior:
        """Weighted sums over domains."""
        return Posterior(self.mean @ weights, np.einsum("j,jab->ab", weights**2, self.covariance))


@dataclass(frozen=True, eq=False)
class PathModel:
    """What the trained paths say about all others. Made by `fit`."""

    domains: tuple[str, ...]
    lr_decay: float
    seen: tuple[Path, ...]
    noise: Array
    """Variance of one more path's measured mean score, its last stage's luck included, (domains,)."""
    prior: Prior
    components: tuple[Component, ...]
    """Most probable first; shares sum to 1."""

    def predict(self, paths: Sequence[Path]) -> Array:
        """Mean scores, (paths, domains). Not clipped to [0, 1]."""
        return np.asarray(sum(one.share * self._mean(one, paths) for one in self.components))

    def totals(self, paths: Sequence[Path], weights: Array) -> Posterior:
        """Weighted totals of the paths, jointly normal."""
        return self.scores(paths).totals(weights)

    def scores(self, paths: Sequence[Path]) -> ScorePosterior:
        """Moments of the mixture over settings."""
        means = np.stack([self._mean(one, paths) for one in self.components])
        shares = np.array([one.share for one in self.components])
        mean = np.einsum("c,cpj->pj", shares, means)
        apart = means - mean
        covariance = np.einsum("c,caj,cbj->jab", shares, apart, apart, optimize=True)
        for one in self.components:
            covariance += one.share * self._covariance(one, paths)
        return ScorePosterior(mean, covariance)

    def effects(self) -> Posterior:
        """Base and B of every domain, jointly normal: (domains · (1 + domains),), affected domain by domain."""
        size = len(self.domains)
        parts = [self._effects(component) for component in self.components]
        shares = np.array([component.share for component in self.components])
        mean = np.einsum("c,cjk->jk", shares, np.stack([part[0] for part in parts]))
        within = np.einsum("c,cjab->jab", shares, np.stack([part[1] for part in parts]))
        covariance = np.zeros((size * (size + 1),) * 2)
        for j in range(size):
            at = slice(j * (size + 1), (j + 1) * (size + 1))
            covariance[at, at] = within[j]
        return Posterior(mean.ravel(), covariance)

    def _mean(self, component: Component, paths: Sequence[Path]) -> Array:
        asked = features(paths, self.domains, [component.settings], self.lr_decay)
        expected = np.einsum("pjk,jk->pj", asked[0], self.prior.mean)
        return np.asarray(expected + np.einsum("jsp,js->pj", self._across(component, asked, paths), component.solved))

    def _covariance(self, component: Component, paths: Sequence[Path]) -> Array:
        """(domains, paths, paths)."""
        asked = features(paths, self.domains, [component.settings], self.lr_decay)
        across = self._across(component, asked, paths)
        among = covariances(self.prior, [component.settings], (asked, paths), (asked, paths))[0]
        return np.asarray(among - np.swapaxes(across, 1, 2) @ component.inverse @ across)

    def _across(self, component: Component, asked: Array, paths: Sequence[Path]) -> Array:
        """Prior covariance of what was seen with what is asked, (domains, seen, paths)."""
        seen = features(self.seen, self.domains, [component.settings], self.lr_decay)
        found = covariances(self.prior, [component.settings], (seen, self.seen), (asked, paths))
        return np.asarray(found[0])

    def _effects(self, component: Component) -> tuple[Array, Array]:
        seen = features(self.seen, self.domains, [component.settings], self.lr_decay)[0]
        across = np.swapaxes(seen, 0, 1) * self.prior.variance[:, None, :]
        mean = self.prior.mean + np.einsum("jsk,js->jk", across, component.solved)
        prior = self.prior.variance[:, :, None] * np.eye(len(self.domains) + 1)
        return mean, prior - np.swapaxes(across, 1, 2) @ component.inverse @ across


def fit_grid(
    domains: Sequence[str],
    measured: Mapping[Path, Array],
    noise: Mapping[Path, Array] | Array,
    grid: Sequence[Settings],
    lr_decay: float = 1.0,
) -> PathModel:
    """A model over these settings.

    `measured[path]` is (seeds, domains) or (domains,); `noise` the variance of the mean over seeds, (domains,), of
    every path or of each. ValueError without any measured path.
    """
    if not measured:
        raise ValueError("a transfer model needs at least one measured path")
    seen = tuple(sorted(measured, key=lambda path: (len(path), path)))
    values = np.stack([np.atleast_2d(measured[path]).mean(axis=0) for path in seen])
    variances = np.stack([noise[path] if isinstance(noise, Mapping) else noise for path in seen])
    variances = np.maximum(variances, LEAST_NOISE)
    prior = make_prior(domains, seen, values)
    points = (features(seen, domains, grid, lr_decay), seen)
    luck = chance(prior, grid, seen)
    total = covariances(prior, grid, points, points) + _diagonal(variances.T) + luck[:, None]
    apart = values.T - np.einsum("gpjk,jk->gjp", points[0], prior.mean)
    shares, inverse, solved = _weigh(total, apart)
    kept = _kept(shares)
    share = shares[kept] / shares[kept].sum()
    components = tuple(
        Component(float(part), grid[at], inverse[at], solved[at]) for part, at in zip(share, kept, strict=True)
    )
    single = sum(one.share * (one.settings.luck * prior.size) ** 2 for one in components)
    return PathModel(tuple(domains), lr_decay, seen, variances.mean(axis=0) + single, prior, components)


def covariances(
    prior: Prior, grid: Sequence[Settings], one: tuple[Array, Sequence[Path]], other: tuple[Array, Sequence[Path]]
) -> Array:
    """Prior covariance between paths, given as (features, paths): (settings, domains, paths, paths)."""
    scaled = one[0] * prior.variance
    linear = np.einsum("gajk,gbjk->gjab", scaled, other[0], optimize=True)
    if all(settings.residual == 0 for settings in grid):
        return np.asarray(linear)
    first, second = marks(one[1], prior.domains), marks(other[1], prior.domains)
    kernels = {rate: mallows(first, second, rate) for rate in {settings.rate for settings in grid}}
    residual = np.stack([(settings.residual * prior.size) ** 2 * kernels[settings.rate] for settings in grid])
    return np.asarray(linear + residual[:, None])


def chance(prior: Prior, grid: Sequence[Settings], seen: Sequence[Path]) -> Array:
    """Covariance of the luck of trained paths, the same for every domain: (settings, seen, seen)."""
    shapes = {inherit: inherited(seen, inherit) for inherit in {settings.inherit for settings in grid}}
    return np.stack([(settings.luck * prior.size) ** 2 * shapes[settings.inherit] for settings in grid])


def _weigh(total: Array, apart: Array) -> tuple[Array, Array, Array]:
    """Shares of the evidence (settings,), inverse covariances, and inverses × deviations."""
    scale = np.einsum("gjaa->gj", total)[..., None] / total.shape[-1]
    factor = np.linalg.cholesky(total + JITTER * _diagonal(np.broadcast_to(scale, apart.shape)))
    lower = np.linalg.inv(factor)
    inverse = np.swapaxes(lower, 2, 3) @ lower
    solved = (inverse @ apart[..., None])[..., 0]
    fits = -0.5 * np.einsum("gjp,gjp->g", apart, solved)
    evidence = fits - np.log(np.einsum("gjaa->gja", factor)).sum(axis=(1, 2))
    shares = np.exp(evidence - evidence.max())
    return shares / shares.sum(), inverse, solved


def _kept(shares: Array) -> list[int]:
    """Settings from the most probable on, until nearly all of the evidence is covered."""
    ranked = np.argsort(-shares, kind="stable")
    before = np.cumsum(shares[ranked]) - shares[ranked]
    return [int(at) for at, mass in zip(ranked, before, strict=True) if mass < COVERED][:MOST_COMPONENTS]


def _diagonal(values: Array) -> Array:
    """(…, n) → (…, n, n)."""
    return np.asarray(values[..., None] * np.eye(values.shape[-1]))
