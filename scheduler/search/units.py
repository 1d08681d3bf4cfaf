"""Values of any Optuna distribution as numbers between 0 and 1, and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from scheduler.measurements import Array
from scheduler.search.space import Params

Space = Mapping[str, BaseDistribution]


def encoded(trials: Sequence[Params], space: Space) -> Array:
    """(trials, d): one column a number, one a value of a category; unlike categories are 1 apart in all."""
    columns = [_columns([params[name] for params in trials], one) for name, one in space.items()]
    return np.concatenate(columns, axis=1) if columns else np.zeros((len(trials), 0))


def draw(space: Space, rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Points drawn evenly; on a logarithmic scale where a distribution has one."""
    decoders = {name: from_unit(one) for name, one in space.items()}
    return [
        {name: decode(unit) for (name, decode), unit in zip(decoders.items(), units, strict=True)}
        for units in rng.random((count, len(space))).tolist()
    ]


def from_unit(one: BaseDistribution) -> Callable[[float], Any]:
    """To the value at a place in [0, 1), in the distribution's own type."""
    if isinstance(one, CategoricalDistribution):
        choices = one.choices
        return lambda unit: choices[min(int(unit * len(choices)), len(choices) - 1)]
    if not isinstance(one, FloatDistribution | IntDistribution):
        raise TypeError(f"unknown distribution: {type(one).__name__}")
    (start, end), low, high, step, log = _ends(one), one.low, one.high, one.step, one.log
    kind = int if isinstance(one, IntDistribution) else float

    def decode(unit: float) -> float:
        value = start + unit * (end - start)
        value = math.exp(value) if log else value
        if step is not None:
            value = low + round((value - low) / step) * step
        return kind(min(max(value, low), high))

    return decode


def to_unit(one: BaseDistribution) -> Callable[[float], float]:
    """To where a number lies in the distribution's range, cut to [0, 1]."""
    if not isinstance(one, FloatDistribution | IntDistribution):
        raise TypeError(f"not a number's distribution: {type(one).__name__}")
    (start, end), log = _ends(one), one.log

    def place(value: float) -> float:
        value = math.log(max(value, 1e-300)) if log else value
        return min(max((value - start) / (end - start), 0.0), 1.0) if end > start else 0.5

    return place


def _columns(values: Sequence[Any], one: BaseDistribution) -> Array:
    if isinstance(one, CategoricalDistribution):
        found = np.zeros((len(values), len(one.choices)))
        found[np.arange(len(values)), [int(one.to_internal_repr(value)) for value in values]] = 0.5
        return found
    return np.array(list(map(to_unit(one), values)), dtype=float)[:, None]


def _ends(one: FloatDistribution | IntDistribution) -> tuple[float, float]:
    """Ends of the range that is drawn from; half a step more on both sides, so that the end values are as likely."""
    half = (one.step or 0.0) / 2
    low, high = one.low - half, one.high + half
    return (math.log(low), math.log(high)) if one.log else (low, high)
