"""Which points of a space the sampler weighs against each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations, product
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution

from scheduler.measurements import Path
from scheduler.search.keys import PLACE, REPAIR, REPAIRED, key_of
from scheduler.search.orders import neighbour, order_of, placed, places
from scheduler.search.space import Params
from scheduler.search.trial_history import ScoreByDomain, TrialHistory
from scheduler.search.units import Space, draw, from_unit, to_unit

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
    if few(space):
        return _whole(space)
    count = max(LEAST, DRAWN * FEW // max(FEW, len(placed(space))))
    best = sorted((trial for trial in trials if trial.final is not None), key=_rank)[:PARENTS]
    names = placed(space)
    drawn: list[Params] = [evened(one, names) for one in draw(space, rng, count - count // 2 * bool(best))]
    if not best:
        return drawn
    return [*drawn, *near([trial.params for trial in best], space, rng, count // 2), *repairs(best, space)]


def near(parents: Sequence[Params], space: Space, rng: np.random.Generator, count: int) -> list[Params]:
    """So many points beside these in turn: copies with one parameter changed, now and then two or three; an order
    counts as one, and is changed as often as all others together."""
    names, others = placed(space), [(name, _neighbour(one)) for name, one in _others(space).items()]
    found: list[Params] = []
    plain = [{name: params[name] for name in space} for params in parents]
    for k in range(count):
        params = dict(plain[k % len(plain)])
        for _ in range(int(rng.geometric(0.6))):
            if names and (not others or rng.random() < 0.5):
                params |= places(neighbour(order_of(params, names), rng))
            elif others:
                name, moved = others[int(rng.integers(len(others)))]
                params[name] = moved(params[name], rng)
        found.append(params)
    return found


def repairs(trials: Sequence[TrialHistory], space: Space) -> list[Params]:
    """These once more with a last stage on the domain that ended furthest below its own best score after an earlier
    stage. Whether that is more than chance, and whether repair is worth its steps, says the model that weighs them."""
    choices = _choices(space)
    shares: list[Params] = [{REPAIR: share} for share in choices.get(REPAIR, ()) if share] or [{}]
    found: list[Params] = []
    for trial in trials:
        if (name := _fallen(trial.scores)) in choices.get(REPAIRED, ()):
            found += [{**{key: trial.params[key] for key in space}, **share, REPAIRED: name} for share in shares]
    return found


def _fallen(scores: Mapping[int, ScoreByDomain]) -> str | None:
    """The domain whose last score is furthest below an earlier one; None where none fell."""
    *earlier, (_, last) = sorted(scores.items()) or [(0, {})]
    falls = {name: max((one[name] for _, one in earlier), default=end) - end for name, end in last.items()}
    most = max(falls, key=lambda name: falls[name], default=None)
    return most if most is not None and falls[most] > 0 else None


def evened(params: Params, names: Path) -> dict[str, Any]:
    """The same point with the places of these domains evenly spaced."""
    return {**params, **places(order_of(params, names))}


def _rank(trial: TrialHistory) -> tuple[float, int]:
    return -(trial.final or 0.0), trial.number


def few(space: Space) -> bool:
    """Whether a space has so few points that all are weighed."""
    choices, others = _choices(space), _others(space)
    size = math.prod(map(len, choices.values())) * math.factorial(len(placed(space)))
    return len(choices) == len(others) and size <= WHOLE


def _whole(space: Space) -> list[Params]:
    """All points of a space that has few."""
    evenly, choices = places(placed(space)), _choices(space)
    orders = [dict(zip(order, evenly.values(), strict=True)) for order in permutations(evenly)]
    combined = [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]
    return [{**order, **values} for order in orders for values in combined]


def _choices(space: Space) -> dict[str, tuple[Any, ...]]:
    return {name: one.choices for name, one in space.items() if isinstance(one, CategoricalDistribution)}


def _others(space: Space) -> Mapping[str, BaseDistribution]:
    return {name: one for name, one in space.items() if key_of(name).choice != PLACE}


def _neighbour(one: BaseDistribution) -> Callable[[Any, np.random.Generator], Any]:
    """To a value beside another: a number moves a little, a name is drawn."""
    if isinstance(one, CategoricalDistribution):
        choices = one.choices
        return lambda value, rng: choices[int(rng.integers(len(choices)))]
    encode, decode = to_unit(one), from_unit(one)
    return lambda value, rng: decode(min(max(encode(value) + rng.normal(0, WIDTH), 0.0), 1.0))
