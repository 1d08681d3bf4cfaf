"""Which points of a space the sampler weighs against each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import permutations, product
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution

from scheduler.measurements import Path
from scheduler.search.keys import PLACE, key_of
from scheduler.search.orders import neighbour, order_of, placed, places
from scheduler.search.space import Params
from scheduler.search.trial_history import TrialHistory
from scheduler.search.units import Space, decoded, draw, unit_of

WHOLE = 1000
"""A space with no more points is weighed whole."""
DRAWN = 500
"""Points that are weighed of a larger one with `FEW` domains or fewer; with more of them fewer, at least `LEAST`."""
FEW = 8
LEAST = 120
PARENTS = 8
"""Best trials whose neighbourhood is looked at."""
WIDTH = 0.1
"""Deviation of a changed number, as a share of its range."""


def candidates(space: Space, trials: Sequence[TrialHistory], rng: np.random.Generator) -> list[Params]:
    """All points of a small space; of a large one some drawn evenly and as many near the best trials."""
    if (every := whole(space)) is not None:
        return every
    count = max(LEAST, DRAWN * FEW // max(FEW, len(placed(space))))
    best = sorted((trial for trial in trials if trial.final is not None), key=_rank)[:PARENTS]
    drawn: list[Params] = [evened(draw(space, rng)) for _ in range(count - count // 2 * bool(best))]
    return drawn + (near([trial.params for trial in best], space, rng, count // 2) if best else [])


def near(parents: Sequence[Params], space: Space, rng: np.random.Generator, count: int) -> list[Params]:
    """So many points beside these in turn."""
    return [_changed(parents[k % len(parents)], space, rng) for k in range(count)]


def evened(params: Params) -> dict[str, Any]:
    """The same point with its order's places evenly spaced."""
    names = placed(params)
    return {**params, **places(order_of(params, names))}


def _rank(trial: TrialHistory) -> tuple[float, int]:
    return -(trial.final or 0.0), trial.number


def whole(space: Space) -> list[Params] | None:
    """All points of a space that has few; None of a larger one."""
    names, others = placed(space), _others(space)
    choices = [one.choices for one in others.values() if isinstance(one, CategoricalDistribution)]
    size = math.prod(map(len, choices)) * math.factorial(len(names))
    if len(choices) < len(others) or size > WHOLE:
        return None
    orders = [places(order) for order in permutations(names)]
    return [{**order, **dict(zip(others, values, strict=True))} for order in orders for values in product(*choices)]


def _others(space: Space) -> Mapping[str, BaseDistribution]:
    return {name: one for name, one in space.items() if key_of(name).choice != PLACE}


def _changed(params: Params, space: Space, rng: np.random.Generator) -> dict[str, Any]:
    """A copy with one parameter changed, now and then two or three; an order counts as one, and is changed as often as
    all others together."""
    found = {name: params[name] for name in space}
    others, names = list(_others(space)), placed(space)
    for _ in range(int(rng.geometric(0.6))):
        if names and (not others or rng.random() < 0.5):
            order: Path = order_of(found, names)
            found |= places(neighbour(order, rng))
        elif others:
            name = others[int(rng.integers(len(others)))]
            found[name] = _neighbour(space[name], found[name], rng)
    return found


def _neighbour(one: BaseDistribution, value: Any, rng: np.random.Generator) -> Any:
    """A number moves a little, a name is drawn."""
    if isinstance(one, CategoricalDistribution):
        return one.choices[int(rng.integers(len(one.choices)))]
    return decoded(one, min(max(unit_of(one, value) + rng.normal(0, WIDTH), 0.0), 1.0))
