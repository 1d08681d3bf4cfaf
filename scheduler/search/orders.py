"""Orders as a parameter of their own kind: each domain has a place between 0 and 1, and lower places come first.

So a space holds the orders of any number of domains, even draws of the places are even draws of orders, and whoever
searches numbers can search orders. An order is one point to us: whatever the places, it is written evenly spaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, FloatDistribution

from scheduler.measurements import Path
from scheduler.path_text import order_text
from scheduler.search.keys import ORDER, PLACE, key_of, parameter

ANYWHERE = FloatDistribution(0.0, 1.0)


def place_space(names: Sequence[str]) -> dict[str, BaseDistribution]:
    """One place a domain; nothing for one domain alone."""
    return {parameter(PLACE, name): ANYWHERE for name in names} if len(names) > 1 else {}


def places(order: Sequence[str]) -> dict[str, float]:
    """The parameters of an order, evenly spaced."""
    return {parameter(PLACE, name): (at + 0.5) / len(order) for at, name in enumerate(order)}


def placed(space: Mapping[str, object]) -> tuple[str, ...]:
    """Domains that have a place, as the space has them."""
    keys = [key_of(name) for name in space]
    return tuple(key.domain for key in keys if key.choice == PLACE and key.domain is not None)


def order_of(params: Mapping[str, Any], names: Sequence[str]) -> Path:
    """The domains by their places; of equal ones the first of `names` comes first."""
    return tuple(sorted(names, key=lambda name: float(params[parameter(PLACE, name)])))


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with the order as one text, ``a > b > c``, before all else in place of the places."""
    names = placed(params)
    others = {name: value for name, value in params.items() if key_of(name).choice != PLACE}
    return {ORDER: order_text(order_of(params, names)), **others} if names else others


def neighbour(order: Path, rng: np.random.Generator) -> Path:
    """One domain moved, or a block of them, or two exchanged."""
    size, kind = len(order), int(rng.integers(4))
    first, last = sorted(int(at) for at in rng.choice(size + 1, 2, replace=False))
    if kind == 0 and size > 2:
        swapped = list(order)
        one, other = (int(at) for at in rng.choice(size, 2, replace=False))
        swapped[one], swapped[other] = swapped[other], swapped[one]
        return tuple(swapped)
    if kind > 1:
        first = int(rng.integers(size))
        last = first + 1
    block, rest = order[first:last], (*order[:first], *order[last:])
    at = int(rng.integers(len(rest) + 1))
    return (*rest[:at], *block, *rest[at:])
