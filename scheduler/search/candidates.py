"""Which points of a space the sampler weighs against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution

from scheduler.path_text import order_text, path_of
from scheduler.search.space import Params
from scheduler.search.trial_history import TrialHistory
from scheduler.search.units import Space, decoded, draw, unit_of

WHOLE = 1000
"""A space with no more points is weighed whole."""
DRAWN = 500
"""Points that are weighed of a larger one."""
PARENTS = 8
"""Best trials whose neighbourhood is looked at."""
WIDTH = 0.1
"""Deviation of a changed number, as a share of its range."""


def candidates(space: Space, trials: Sequence[TrialHistory], rng: np.random.Generator) -> list[Params]:
    """All points of a small space; of a large one some drawn evenly and as many near the best trials."""
    if (whole := _whole(space)) is not None:
        return whole
    best = sorted((trial for trial in trials if trial.final is not None), key=_rank)[:PARENTS]
    drawn: list[Params] = [draw(space, rng) for _ in range(DRAWN - DRAWN // 2 * bool(best))]
    near = [_changed(best[k % len(best)].params, space, rng) for k in range(DRAWN // 2)] if best else []
    return drawn + near


def _rank(trial: TrialHistory) -> tuple[float, int]:
    return -(trial.final or 0.0), trial.number


def _whole(space: Space) -> list[Params] | None:
    choices = [one.choices for one in space.values() if isinstance(one, CategoricalDistribution)]
    if len(choices) < len(space) or math.prod(map(len, choices)) > WHOLE:
        return None
    return [dict(zip(space, values, strict=True)) for values in product(*choices)]


def _changed(params: Params, space: Space, rng: np.random.Generator) -> dict[str, Any]:
    """A copy with one parameter changed, now and then two or three."""
    found = {name: params[name] for name in space}
    count = min(int(rng.geometric(0.6)), len(space))
    for name in rng.choice(list(space), size=count, replace=False).tolist():
        found[name] = _neighbour(space[name], found[name], rng)
    return found


def _neighbour(one: BaseDistribution, value: Any, rng: np.random.Generator) -> Any:
    """A number moves a little, an order moves one domain, a name is drawn."""
    if not isinstance(one, CategoricalDistribution):
        return decoded(one, min(max(unit_of(one, value) + rng.normal(0, WIDTH), 0.0), 1.0))
    path = list(path_of(value)) if isinstance(value, str) else []
    if len(path) > 1:
        moved = path.pop(int(rng.integers(len(path))))
        path.insert(int(rng.integers(len(path) + 1)), moved)
        if (text := order_text(path)) in one.choices:
            return text
    return one.choices[int(rng.integers(len(one.choices)))]
