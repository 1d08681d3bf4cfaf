"""The transfer matrix from probes: B[i→j] = score on j after training on i − score on j of the base model."""

from __future__ import annotations

import numpy as np

from scheduler.measurements import Array, Measurements
from scheduler.plan import Transfer
from scheduler.statistics import Draws, draw, interval, standard_error


def missing_probes(m: Measurements) -> tuple[str, ...]:
    """Domains that were not probed; the transfer matrix needs all of them, and the base."""
    return tuple(name for name in m.domains if (name,) not in m.scores)


def measure_transfer(m: Measurements, *, resamples: int = 2000, seed: int = 0) -> Transfer:
    """B with 95 % intervals, paired by item and seed. ValueError where a probe or the base is missing."""
    _check(m)
    draws = _draws(m, resamples, seed)
    return Transfer(
        domains=m.domains,
        base=tuple(m.mean(()).tolist()),
        effects=tuple(
            tuple(interval({name: effect(m, trained, j)}, draws) for j, name in enumerate(m.domains))
            for trained in m.domains
        ),
    )


def sample_transfer(m: Measurements, *, resamples: int = 2000, seed: int = 0) -> tuple[Array, Array]:
    """Bootstrap samples of the base scores, (resamples, n), and of B, (resamples, trained, affected).

    Not stretched for few seeds as intervals are: what is counted over them (win rates) is a description, no test.
    """
    _check(m)
    draws = _draws(m, resamples, seed)
    means = np.stack([_sample_means(m, j, draws) for j in range(len(m.domains))], axis=2)
    return means[:, 0, :], means[:, 1:, :] - means[:, :1, :]


def margin_variance(m: Measurements) -> Array:
    """Variance of w_i·B[j→i] − w_j·B[i→j] over seeds and items: (i, j); of what putting i before j gains."""
    found = np.zeros((len(m.domains),) * 2)
    for i, first in enumerate(m.domains):
        for j, second in enumerate(m.domains[:i]):
            blocks = {first: m.weights[i] * effect(m, second, i), second: -m.weights[j] * effect(m, first, j)}
            found[i, j] = found[j, i] = standard_error(blocks) ** 2
    return found


def effect(m: Measurements, trained: str, affected: int) -> Array:
    """Paired differences (seeds, items) on domain number `affected` from training on `trained`."""
    return m.scores[(trained,)][affected] - m.scores[()][affected]


def _sample_means(m: Measurements, affected: int, draws: Draws) -> Array:
    """Resampled means on one domain of base and probes: (resamples, 1 + domains)."""
    paths = [(), *((name,) for name in m.domains)]
    blocks = np.stack([m.scores[path][affected] for path in paths])
    by_seed, by_item = blocks.mean(axis=2).T, blocks.mean(axis=1).T
    items = draws.items[m.domains[affected]]
    return np.asarray(blocks.mean(axis=(1, 2)) + draws.seeds @ by_seed + items @ by_item)


def _draws(m: Measurements, resamples: int, seed: int) -> Draws:
    return draw(dict(zip(m.domains, m.scores[()], strict=True)), resamples=resamples, seed=seed)


def _check(m: Measurements) -> None:
    missing = missing_probes(m)
    if () not in m.scores or missing:
        what = ", ".join(missing) if missing else "the base model"
        raise ValueError(f"transfer needs scores of the base and of one probe a domain; missing: {what}")
