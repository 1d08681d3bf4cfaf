"""Multiple choice by likelihood: what the model would choose, and how sure it is among the options of an item.

Probabilities are the softmax of Σ ln p of each option, as lm-evaluation-harness has them for its `acc` and
`brier_score`. Per character, as for its `acc_norm`, ln p is good for choosing and gives no probabilities: that
softmax would have no temperature of its own. Of options that are equally likely the first is chosen, there as here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from experiments.nodes.options import OptionsRead
from scheduler.measurements import Array


def probabilities(read: OptionsRead) -> Array:
    """Of each item its options' shares of their probability, (items, options); 0 beyond the options that it has."""
    table = _table(read.nll)
    weights = np.exp(table.min(axis=1, keepdims=True) - table)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def confidence(read: OptionsRead) -> tuple[float, ...]:
    """Of each item the largest probability: that of the option that is chosen."""
    return tuple(probabilities(read).max(axis=1).tolist())


def chosen_right(read: OptionsRead) -> tuple[float, ...]:
    """Of each item 1 where the likeliest option is right, else 0."""
    return tuple((_table(read.nll).argmin(axis=1) == read.right).astype(float).tolist())


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
    per_character = _table(read.nll) / _table(read.characters, 1.0)
    return _corrected((per_character.argmin(axis=1) == read.right).astype(float).tolist(), read)


def brier(read: OptionsRead) -> tuple[float, ...]:
    """Of each item Σ_k (p_k − y_k)² (Brier 1950), y_k 1 for the right option, else 0: from 0 to 2."""
    shares = probabilities(read)
    shares[np.arange(len(shares)), read.right] -= 1
    return tuple((shares**2).sum(axis=1).tolist())


def _corrected(right: Sequence[float], read: OptionsRead) -> tuple[float, ...]:
    chances = [1 / len(nll) for nll in read.nll]
    return tuple((z - chance) / (1 - chance) for z, chance in zip(right, chances, strict=True))


def _table(rows: Sequence[Sequence[float]], filling: float = np.inf) -> Array:
    """Item by item, (items, options), with `filling` where an item has fewer options than others."""
    return np.array(list(zip_longest(*rows, fillvalue=filling)), dtype=np.float64).T
