"""Tables of every order as training might have left them: transfer, saturation, dependence on the state, noise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from benchmarks.orders.table import Table
from scheduler.measurements import Array, Path
from tests.support.scheduler import CREATIVE, NAMES, make_curriculum


def make_table(
    domains: Sequence[str] = NAMES[:4],
    *,
    seeds: int = 3,
    items: int = 60,
    transfer: float = 0.12,
    run_noise: float = 0.02,
    rng: int = 0,
    name: str = "test",
) -> Table:
    """A stage lifts its own domain most of the way to a ceiling and moves the others in proportion to what they have.

    So effects shrink as scores fall, and additivity holds only roughly. `run_noise` is the standard deviation that
    every stage run adds for good; items are coin tosses that share their difficulty over all paths.
    """
    draws = np.random.default_rng(rng)
    size = len(domains)
    effects = draws.normal(-0.3 * transfer, transfer, (size, size))
    base, ceiling = draws.uniform(0.3, 0.6, size), draws.uniform(0.7, 0.95, size)
    curriculum = make_curriculum(domains, name=name, seeds=list(range(seeds)))
    names = tuple(curriculum.domains)
    luck = {split: draws.uniform(size=(size, items)) for split in ("validation", "test")}
    states = {path: _states(path, names, base, ceiling, effects, seeds, run_noise, rng) for path in _paths(names)}
    return Table(
        curriculum=curriculum,
        seeds=curriculum.seeds,
        items={
            split: {path: _items(state, luck[split], draws) for path, state in states.items()}
            for split in ("validation", "test")
        },
        entropy={path: _entropy(path, names, seeds) for path in states},
    )


def _paths(names: Path) -> list[Path]:
    return [path for depth in range(len(names) + 1) for path in permutations(names, depth)]


def _states(
    path: Path, names: Path, base: Array, ceiling: Array, effects: Array, seeds: int, run_noise: float, rng: int
) -> Array:
    """True scores after a path, (seeds, domains); the noise of a stage run depends on its path and seed only."""
    state = np.tile(base, (seeds, 1))
    for depth, trained in enumerate(path):
        at = names.index(trained)
        moved = state + effects[at] * state / 0.6
        moved[:, at] = state[:, at] + 0.8 * (ceiling[at] - state[:, at])
        spelled = [names.index(name) + 1 for name in path[: depth + 1]]
        state = moved + np.random.default_rng([rng, *spelled]).normal(0, run_noise, moved.shape)
    return np.clip(state, 0.02, 0.98)


def _items(state: Array, luck: Array, draws: np.random.Generator) -> tuple[Array, ...]:
    """One block (seeds, items) a domain: half of an item's luck is its own, half is drawn again for every run."""
    blocks = []
    for j in range(state.shape[1]):
        fresh = draws.uniform(size=(len(state), luck.shape[1]))
        own = np.where(draws.uniform(size=fresh.shape) < 0.5, luck[j], fresh)
        blocks.append((own < state[:, [j]]).astype(float))
    return tuple(blocks)


def _entropy(path: Path, names: Path, seeds: int) -> Array:
    change = np.array([(0.3 if name in CREATIVE else -0.2) * (name in path) for name in names])
    return np.tile(1.0 + change, (seeds, 1))
