"""Multiple choice by likelihood: what the model would choose, and how sure it is among the options of an item.

Probabilities are the softmax of Σ ln p of each option, as lm-evaluation-harness has them for its `acc` and
`brier_score`. Per character, as for its `acc_norm`, ln p is good for choosing and gives no probabilities: that
softmax would have no temperature of its own. Of options that are equally likely the first is chosen, there as here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.nodes.options import OptionsRead
from scheduler.measurements import Array


def probabilities(nll: Sequence[float]) -> Array:
    """Each option's share of the options' probability, (options,); `nll`: −ln p of each."""
    weights = np.exp(min(nll) - np.asarray(nll, float))
    return np.asarray(weights / weights.sum())


def confidence(read: OptionsRead) -> tuple[float, ...]:
    """Of each item the largest probability: that of the option that is chosen."""
    return tuple(float(probabilities(nll).max()) for nll in read.nll)


def chosen_right(read: OptionsRead) -> tuple[float, ...]:
    """Of each item 1 where the likeliest option is right, else 0."""
    return tuple(float(int(np.argmin(nll)) == right) for nll, right in zip(read.nll, read.right, strict=True))


def above_chance(read: OptionsRead) -> tuple[float, ...]:
    """Of each item (z − 1/K) / (1 − 1/K), z as `chosen_right` and K its options: 1 is all right, 0 is chance."""
    return _corrected(chosen_right(read), read)


def step(read: OptionsRead) -> float:
    """By how much an item's `above_chance` differs between right and wrong, K / (K − 1), where it is the most."""
    return max(len(nll) / (len(nll) - 1) for nll in read.nll)


def above_chance_by_length(read: OptionsRead) -> tuple[float, ...] | None:
    """The same of the option with the largest ln p per character; None where lengths are not known."""
    if read.characters is None:
        return None
    rows = zip(read.nll, read.characters, read.right, strict=True)
    right = [float(int(np.argmin(np.divide(nll, sizes))) == right) for nll, sizes, right in rows]
    return _corrected(right, read)


def brier(read: OptionsRead) -> tuple[float, ...]:
    """Of each item Σ_k (p_k − y_k)² (Brier 1950), y_k 1 for the right option, else 0: from 0 to 2."""
    found = []
    for nll, right in zip(read.nll, read.right, strict=True):
        shares = probabilities(nll)
        found.append(float(((shares - (np.arange(len(shares)) == right)) ** 2).sum()))
    return tuple(found)


def _corrected(right: Sequence[float], read: OptionsRead) -> tuple[float, ...]:
    chances = [1 / len(nll) for nll in read.nll]
    return tuple((z - chance) / (1 - chance) for z, chance in zip(right, chances, strict=True))
