"""Values of any Optuna distribution as numbers between 0 and 1, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


def draw(space: Space, rng: np.random.Generator) -> dict[str, Any]:
    """A point drawn evenly; on a logarithmic scale where a distribution has one."""
    return {name: decoded(one, float(rng.random())) for name, one in space.items()}


def decoded(one: BaseDistribution, unit: float) -> Any:
    """The value at `unit` in [0, 1), in the distribution's own type."""
    if isinstance(one, CategoricalDistribution):
        return one.choices[min(int(unit * len(one.choices)), len(one.choices) - 1)]
    low, high = _ends(one)
    value = low + unit * (high - low)
    value = math.exp(value) if _logarithmic(one) else value
    if isinstance(one, IntDistribution):
        return int(min(max(one.low + round((value - one.low) / one.step) * one.step, one.low), one.high))
    if isinstance(one, FloatDistribution):
        if one.step is not None:
            value = one.low + round((value - one.low) / one.step) * one.step
        return float(min(max(value, one.low), one.high))
    raise TypeError(f"unknown distribution: {type(one).__name__}")


def unit_of(one: BaseDistribution, value: float) -> float:
    """Where a number lies in the distribution's range, cut to [0, 1]."""
    low, high = _ends(one)
    if _logarithmic(one):
        value = math.log(max(value, 1e-300))
    return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.5


def _columns(values: Sequence[Any], one: BaseDistribution) -> Array:
    if isinstance(one, CategoricalDistribution):
        found = np.zeros((len(values), len(one.choices)))
        found[np.arange(len(values)), [int(one.to_internal_repr(value)) for value in values]] = 0.5
        return found
    return np.array([[unit_of(one, value)] for value in values]).reshape(len(values), 1)


def _ends(one: BaseDistribution) -> tuple[float, float]:
    """Ends of the range that is drawn from; half a step more on both sides, so that the end values are as likely."""
    if not isinstance(one, FloatDistribution | IntDistribution):
        raise TypeError(f"not a number's distribution: {type(one).__name__}")
    half = (one.step or 0.0) / 2
    low, high = one.low - half, one.high + half
    return (math.log(low), math.log(high)) if one.log else (low, high)


def _logarithmic(one: BaseDistribution) -> bool:
    return isinstance(one, FloatDistribution | IntDistribution) and one.log
