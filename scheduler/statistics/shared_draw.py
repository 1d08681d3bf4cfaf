"""The luck of one draw of answers that all seeds are held against: the base model's.

Seeds start from one base, whose answers are drawn once. How lucky that draw was is to be seen in how the differences
vary between items. But where nearly all answers are right, or nearly none, it may hold no exception at all. Then it
seems to be without luck, every seed differs from it alike, and always in the one direction that is left: with ten seeds
that changed nothing, at .98 and one answer an item, one arm in three held a false fall. So four items more are counted,
two that the base has better and two that it has worse in every seed, each by what one answer is worth (after Agresti
and Coull 1998, The American Statistician 52(2), who add two successes and two failures to one proportion: with many
seeds the base's draw is the only small sample there is).

What counts is not whether answers are right or wrong, but whether they are mostly as their item's always are. Answers
of a creative domain are hardly ever equal; yet where nearly all of an item's are good ones, its draw may hold none of
the rare bad ones.
"""

from __future__ import annotations

import numpy as np

from scheduler.measurements import Array, Measurements

MOST = 64
"""Answers an item up to which scores are taken for shares of right ones."""
EACH = 2
"""Items of each kind."""
NEAR = 0.1
"""Answers of an item lie near together where their distance is at most this share of the widest one."""


def doubted(change: Array, grain: float) -> Array:
    """A change against a shared draw, (seeds, items), with that draw's luck: (seeds, items + 4), of the same means.

    `grain` is what one answer is worth in it; 0 leaves it as it is. So does a change that is none in any seed and item:
    then the model is the base.
    """
    if not grain or not change.any():
        return change
    worth = np.full((len(change), EACH), abs(grain))
    items = change.shape[1]
    return np.asarray(np.hstack([change, worth, -worth]) * ((items + 2 * EACH) / items), dtype=np.float64)


def worth(*blocks: Array) -> float:
    """The most that one answer can be worth where the base's draw may hide its luck; else 0.

    Answers (seeds, items, answers) of the base and the others. A draw may hold no exception where half of all answers,
    each less the median of its item, lie near together; the widest difference between two answers to one item is what
    one may have been. Where they scatter, how lucky a draw was shows in how they do.
    """
    each = np.concatenate([_by_item(block) for block in blocks], axis=1)
    if not each.size:
        return 0.0
    most = float(np.ptp(each, axis=1).max())
    off = np.sort((each - np.median(each, axis=1, keepdims=True)).ravel())
    half = (len(off) + 1) // 2
    shortest = float((off[half - 1 :] - off[: len(off) - half + 1]).min())
    return most if shortest <= NEAR * most else 0.0


def grains(m: Measurements) -> Array:
    """What one answer is worth, by domain."""
    return np.array([grain(*(blocks[j] for blocks in m.scores.values())) for j in range(len(m.domains))])


def grain(*blocks: Array) -> float:
    """What one answer is worth in scores (seeds, items) that are shares of right answers, 1 / answers an item; in
    others what an item's score may be `worth`."""
    values = np.unique(np.concatenate([each.ravel() for each in blocks]))
    for count in range(1, MOST + 1):
        if np.allclose(values * count, np.round(values * count), rtol=0.0, atol=1e-4):
            return 1 / count
    return worth(*(block[..., None] for block in blocks))


def _by_item(block: Array) -> Array:
    """(seeds, items, answers) → (items, all answers)."""
    return np.moveaxis(block, 1, 0).reshape(block.shape[1], -1)
