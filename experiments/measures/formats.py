"""How much a score depends on the format of the prompt, without the luck of having chosen among formats.

The best of several noisy means lies above the truth and the worst below it, so that the spread of a model that does not
care is not 0. Here the formats are chosen on every other item and read off on the rest, and the other way round.
"""

from __future__ import annotations

import numpy as np

from scheduler.measurements import Array


def worst(scores: Array) -> Array:
    """(formats, items) → (items,): what each item scores in the format that is worst on the other half of the items."""
    return _read_off(scores, -1.0)


def best(scores: Array) -> Array:
    """The same in the best one."""
    return _read_off(scores, 1.0)


def spread(scores: Array) -> Array:
    """Best less worst; of a model that does not care its mean is 0."""
    return best(scores) - worst(scores)


def gap(scores: Array) -> Array:
    """The first format, which is the domain's own, less the mean of all others."""
    return np.asarray(scores[0] - scores[1:].mean(axis=0), dtype=np.float64)


def _read_off(scores: Array, sign: float) -> Array:
    found = np.empty(scores.shape[1])
    for half in (0, 1):
        other = scores[:, 1 - half :: 2].mean(axis=1)
        found[half::2] = scores[int(np.argmax(sign * other)), half::2]
    return found
