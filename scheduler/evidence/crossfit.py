"""Does the rule that chooses the order beat any order? Judged on what the choice has not seen.

An order that is chosen and judged on the same scores looks better than it is. So for every seed s and half h of the
items the order is chosen from the other seeds and the other half, and judged by its contrast on s and h alone: its
total minus the mean over all orders, in which every pair stands half of the time. An order and its reverse sum to twice
that mean, so the contrast with the reverse is twice as large.

The choices share data with what other choices are judged on, so contrasts of different folds go together by chance.
Where no order matters, with n folds and every pair turned by its sign, their correlation is

    ρ(n) = (2/π)/√(2n − 3)

(less where the choice is sure, or rests on other noise too), so that the variance of their mean is 1 + (n − 1)·ρ(n)
times that of independent ones, and the one that they show 1 − ρ(n) times. Both parts of the variance are corrected: the
seeds', with S folds, for both; the items', with two halves, for the first, since it is not read off the halves. Compare
Nadeau and Bengio 2003, Inference for the generalization error, Machine Learning 52, who correct by the folds' sizes.
With one seed only the items' halves are apart: the same run is judged that was chosen by.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from domains.interval import Interval
from scheduler.evidence.effects import combined
from scheduler.measurements import Array, Measurements, Path
from scheduler.prediction.predict import counted, counted_on_average
from scheduler.statistics.intervals import Blocks, interval

HALVES = 2
Rule = Callable[[Measurements], Path]
"""Chooses an order from base and first level."""


def over_mean(m: Measurements, kept: Path, rule: Rule, *, blind: bool = False) -> Interval:
    """The total of the rule's order minus the mean of all orders of the domains in `kept`.

    A `blind` rule does not look at scores: its choices share nothing with what they are judged on.
    """
    if min(block.shape[1] for block in m.scores[()]) < HALVES:
        return Interval.unknown("a domain has one item, so none is left to judge by", m.seeds)
    judged = _judged(m, kept, rule)
    return interval(judged if blind else {name: _stretched(block) for name, block in judged.items()})


def doubled(found: Interval) -> Interval:
    """Twice as much: the contrast with the reverse instead of the mean."""
    if found.ends is None:
        return found
    return Interval.of(2 * found.value, 2 * found.ends[0], 2 * found.ends[1], found.n)


def _judged(m: Measurements, kept: Path, rule: Rule) -> Blocks:
    """The contrast by seed and item, each from an order that was chosen without it: domain → (seeds, items)."""
    blocks = {name: np.zeros_like(block) for name, block in zip(m.domains, m.scores[()], strict=True)}
    average = counted_on_average(m.domains, kept)
    for seed in range(m.seeds):
        others = [other for other in range(m.seeds) if other != seed] or [seed]
        for half in range(HALVES):
            order = rule(_part(m, others, 1 - half))
            contrast = combined(_part(m, [seed], half), m.weights * (counted(order, m.domains) - average))
            for name, block in contrast.items():
                blocks[name][seed, half::HALVES] = block[0]
    return blocks


def _part(m: Measurements, seeds: list[int], half: int) -> Measurements:
    """Base and first level of some seeds, every second item."""
    paths = [(), *((unit,) for unit in m.units)]
    scores = {path: tuple(block[seeds, half::HALVES] for block in m.scores[path]) for path in paths}
    entropy = _part(m.entropy, seeds, half) if m.entropy else None
    return Measurements(m.domains, m.weights, scores, entropy=entropy, groups=m.groups)


def _stretched(block: Array) -> Array:
    """The same mean with deviations of seeds and of items as large as folds that share data demand."""
    mean, seeds = block.mean(), len(block)
    level = block.mean(axis=1, keepdims=True)
    by_seed = (1 + (seeds - 1) * _together(seeds)) / (1 - _together(seeds)) if seeds > 1 else 1.0
    by_item = 1 + _together(HALVES)
    return np.asarray(mean + math.sqrt(by_seed) * (level - mean) + math.sqrt(by_item) * (block - level))


def _together(folds: int) -> float:
    """ρ(n)."""
    return 2 / math.pi / math.sqrt(2 * folds - 3)
