"""Which paths to train next, to learn which order is best: the knowledge gradient.

Training a path shifts the model's mean totals of all orders. Its value is the expected rise of the best of them
(Frazier, Powell & Dayanik 2009, The knowledge-gradient policy for correlated normal beliefs, INFORMS Journal on
Computing 21(4)); by draws, in pairs of opposite sign, so that it is never negative. All paths that can be trained
next cost one stage run, so the largest value is the largest value per stage run. Where no single path would change
the choice, the one counts that tells most about the orders that could be best.

Everything here is a pure function of the model: no state, and no randomness but fixed draws.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.measurements import Array, Path
from scheduler.statistics.gaussian import Posterior
from scheduler.transfer_model import PathModel

DRAWS = 256
"""Pairs of opposite draws for one path's value."""
SAMPLES = 4000
"""Draws for the probability of being best."""
MOST_ORDERS = 150
"""Orders that are compared: the best by predicted total. The others cannot win after one stage more."""
DIGITS = 9
"""Values are compared to this many decimals, so that rounding errors decide nothing."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """What the model expects of orders and of paths that could be trained next, jointly."""

    orders: tuple[Path, ...]
    paths: tuple[Path, ...]
    mean: Array
    """Weighted totals of the orders, (orders,)."""
    covariance: Array
    """Of orders, then paths: (domains, orders + paths, orders + paths)."""
    noise: Array
    """Variance of one more path's measured score, (domains,)."""
    weights: Array

    @property
    def totals(self) -> Posterior:
        """Weighted totals of the orders."""
        some = self.covariance[:, : len(self.orders), : len(self.orders)]
        return Posterior(self.mean, np.einsum("j,jab->ab", self.weights**2, some))

    def shifts(self) -> Array:
        """By how much the orders' totals move for a measured score one deviation up: (paths, domains, orders)."""
        count = len(self.orders)
        scale = np.sqrt(np.einsum("jaa->ja", self.covariance)[:, count:] + self.noise[:, None])
        across = self.covariance[:, count:, :count] / scale[..., None]
        return np.asarray(np.swapaxes(self.weights[:, None, None] * across, 0, 1))

    def after(self, path: Path) -> Outlook:
        """The same once `path` is measured as expected: what is left to learn, before the result is known."""
        at = len(self.orders) + self.paths.index(path)
        column = self.covariance[:, :, at]
        scale = column[:, at] + self.noise
        left = self.covariance - column[:, :, None] * column[:, None, :] / scale[:, None, None]
        return Outlook(self.orders, self.paths, self.mean, left, self.noise, self.weights)


def outlook(model: PathModel, trained: Collection[Path], orders: Sequence[Path], weights: Array) -> Outlook:
    """The best orders by predicted total, and the untrained beginnings of them whose own beginning is trained."""
    means = np.round(model.predict(orders) @ weights, DIGITS)
    kept = tuple(orders[at] for at in np.argsort(-means, kind="stable")[:MOST_ORDERS])
    paths = children(trained, kept)
    scores = model.scores((*kept, *paths))
    return Outlook(kept, paths, scores.mean[: len(kept)] @ weights, scores.covariance, model.noise, weights)


def children(trained: Collection[Path], orders: Sequence[Path]) -> tuple[Path, ...]:
    """Beginnings of the orders that are not trained and whose own beginning is; shortest first, then by name."""
    known = {(), *trained}
    found = {order[:depth] for order in orders for depth in range(1, len(order) + 1) if order[: depth - 1] in known}
    return tuple(sorted(found - known, key=lambda path: (len(path), path)))


def next_probes(now: Outlook, count: int) -> tuple[Path, ...]:
    """Up to `count` paths to train at once: each supposes that those before it will measure as expected."""
    found: list[Path] = []
    while len(found) < count:
        values = _values(now)
        left = [at for at, path in enumerate(now.paths) if path not in found and values[at] > (0.0, 0.0)]
        if not left:
            break
        best = max(left, key=lambda at: (values[at], -at))
        found.append(now.paths[best])
        now = now.after(now.paths[best])
    return tuple(found)


def gradients(now: Outlook) -> Array:
    """Expected rise of the best predicted total by training each path: (paths,), never negative."""
    pairs = np.random.default_rng(0).standard_normal((DRAWS, len(now.weights)))
    draws = np.concatenate([pairs, -pairs])
    best = now.mean.max()
    rises = [(now.mean + draws @ shift).max(axis=1).mean() - best for shift in now.shifts()]
    return np.asarray(np.maximum(0.0, rises))


def stable(totals: Posterior) -> float:
    """Probability that the order with the best mean total is best."""
    return float(best_shares(totals)[int(totals.mean.argmax())])


def best_shares(totals: Posterior) -> Array:
    """Probability of being best, order by order; orders that tie share it."""
    samples = totals.sample(SAMPLES, np.random.default_rng(0))
    first = samples >= samples.max(axis=1, keepdims=True) - 10.0**-DIGITS
    return np.asarray((first / first.sum(axis=1, keepdims=True)).mean(axis=0))


def _values(now: Outlook) -> list[tuple[float, float]]:
    """The gradient; then the variance that a path explains in the orders' distances to the best one."""
    contrast = now.shifts() - now.shifts()[:, :, [int(now.mean.argmax())]]
    told = (contrast**2).sum(axis=1) @ best_shares(now.totals)
    return list(zip(np.round(gradients(now), DIGITS).tolist(), np.round(told, DIGITS).tolist(), strict=True))
