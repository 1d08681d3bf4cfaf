"""The luck of one draw of answers that all seeds are held against: the base model's.

Seeds start from one base, whose answers are drawn once. How lucky that draw was is to be seen in how the differences
vary between items. But where nearly all answers are right, or nearly none, it may hold no exception at all. Then it
seems to be without luck, every seed differs from it alike, and always in the one direction that is left: with ten seeds
that changed nothing, at .98 and one answer an item, one arm in three held a false fall. So two items more are counted,
one that the base has better and one that it has worse in every seed, each by what one answer is worth (after Agresti
and Caffo 2000, The American Statistician 54(4), who add two successes and two failures to a difference of proportions).
"""

from __future__ import annotations

import numpy as np

from scheduler.measurements import Array, Measurements

MOST = 64
"""Answers an item up to which scores are taken for shares of right ones."""


def doubted(change: Array, grain: float) -> Array:
    """A change against a shared draw, (seeds, items), with that draw's luck: (seeds, items + 2), of the same means.

    `grain` is what one answer is worth in it; 0 leaves it as it is. So does a change that is none in any seed and item:
    then the model is the base.
    """
    if not grain or not change.any():
        return change
    worth = np.full((len(change), 1), abs(grain))
    items = change.shape[1]
    return np.asarray(np.hstack([change, worth, -worth]) * ((items + 2) / items), dtype=np.float64)


def worth(base: Array, *others: Array) -> float:
    """The most that one answer can be worth where half of the base's answers or more score alike; else 0.

    Answers of any shape. Where most of them score alike, be that right, wrong, or the top of a scale with few or many
    steps, the draw may hold none of the exceptions; the widest difference between any two answers, of the base's or
    the others', is what one may have been. Where they differ, how lucky the draw was shows in how they differ.
    """
    _, counts = np.unique(base, return_counts=True)
    if not counts.size or 2 * counts.max() < base.size:
        return 0.0
    return float(max(each.max() for each in (base, *others)) - min(each.min() for each in (base, *others)))


def grains(m: Measurements) -> Array:
    """What one answer is worth, by domain."""
    base, others = m.scores[()], [blocks for path, blocks in m.scores.items() if path]
    return np.array([grain(base[j], *(blocks[j] for blocks in others)) for j in range(len(m.domains))])


def grain(base: Array, *others: Array) -> float:
    """What one answer is worth in scores that are shares of right answers, 1 / answers an item; in others what an
    item's score may be `worth`."""
    values = np.unique(np.concatenate([each.ravel() for each in (base, *others)]))
    for count in range(1, MOST + 1):
        if np.allclose(values * count, np.round(values * count), rtol=0.0, atol=1e-9):
            return 1 / count
    return worth(base, *others)
