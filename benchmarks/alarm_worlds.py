"""Simulated checkpoints for `benchmarks.alarms`: answers to the same items, and what is read of each item's options.

An item has a place of its own on every scale, which all checkpoints share; each checkpoint has another place on it, by
as much as `OWN`, so that models are paired and correlated as two checkpoints of one training are. Shares lie on the
logit scale, lengths on that of their logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.nodes.details import Details
from experiments.nodes.options import OptionsRead
from scheduler.measurements import Array

SPREAD, OWN, LUCK = 1.0, 0.5, 0.1
"""Standard deviations between items, between checkpoints on one item, and of what a training seed adds to all items."""
WORKED = 0.8
"""Share of right answers of which it can be said whether they are early."""
LENGTH, NATS = 200.0, 2.0
"""A right answer's median characters; how far apart an item's options are."""
OPTIONS = (2, 6)
"""From so many options an item to fewer than so many."""


@dataclass(frozen=True)
class Traits:
    """What is true of a checkpoint."""

    right: float = 0.6
    early: float = 0.3
    """Share of right answers that are said first."""
    loops: float = 0.2
    """Share of answers that go round in a circle."""
    length: float = 1.0
    """Of right answers, by how much they are longer."""
    tail: float = 0.3
    """Standard deviation of ln length between the answers to one item."""
    skill: float = 2.0
    """Nats by which the right option is likelier than the others."""
    sharp: float = 1.0
    """What nats between options are multiplied by: the larger, the surer."""


@dataclass(frozen=True)
class Items:
    """What all checkpoints share of some items."""

    right: Array
    early: Array
    loops: Array
    length: Array
    options: tuple[Array, ...]
    """Of each item −ln p of its options, the first of which is right."""
    characters: tuple[tuple[int, ...], ...]


def items(rng: np.random.Generator, count: int) -> Items:
    """So many of them."""
    sizes = rng.integers(*OPTIONS, count)
    right, early, loops = rng.normal(0, SPREAD, (3, count))
    return Items(
        right,
        early,
        loops,
        length=rng.normal(0, 0.3, count),
        options=tuple(rng.normal(0, NATS, size) for size in sizes),
        characters=tuple(tuple(rng.integers(3, 40, size).tolist()) for size in sizes),
    )


def checkpoint(rng: np.random.Generator, traits: Traits, shared: Items, samples: int | None, luck: float) -> Details:
    """One of them, with so many answers an item, or None: options alone; `luck`: what its training added to all items,
    in logits."""
    if samples is None:
        unasked = len(shared.right)
        options = _options(rng, traits, shared, luck)
        return Details(samples=1, scores=(0.0,) * unasked, found=(True,) * unasked, options=options)
    shape = (len(shared.right), samples)
    levels = (traits.right, shared.right), (traits.early, shared.early), (traits.loops, shared.loops)
    right, early, loops = (rng.random(shape) < _chance(rng, *level, luck) for level in levels)
    own = shared.length + rng.normal(0, OWN / 4, shape[0])
    length = LENGTH * traits.length * np.exp(own[:, None] + rng.normal(0, traits.tail, shape) + luck / 4)
    said = np.where(loops, rng.beta(20, 2, shape), rng.beta(1, 12, shape) * (rng.random(shape) < 0.5))
    worked = right & (rng.random(shape) < WORKED)
    return Details(
        samples=samples,
        scores=tuple(right.astype(float).ravel().tolist()),
        found=(True,) * right.size,
        more={
            "rep3": _mean(said, np.ones_like(right)),
            "early_answer": _mean(early.astype(float), worked),
            "right_length": _mean(np.round(length), right),
        },
    )


def _options(rng: np.random.Generator, traits: Traits, shared: Items, luck: float) -> OptionsRead:
    gain = traits.skill + luck
    nll = tuple(
        tuple((traits.sharp * (nats + rng.normal(0, OWN, len(nats)) - gain * (np.arange(len(nats)) == 0))).tolist())
        for nats in shared.options
    )
    return OptionsRead(nll=nll, characters=shared.characters, right=(0,) * len(nll))


def _chance(rng: np.random.Generator, level: float, shared: Array, luck: float) -> Array:
    """Of each item, (items, 1)."""
    logit = np.log(level / (1 - level)) + shared + rng.normal(0, OWN, len(shared)) + luck
    return np.asarray(1 / (1 + np.exp(-logit))[:, None])


def _mean(values: Array, there: npt.NDArray[np.bool_]) -> tuple[float | None, ...]:
    """Over an item's answers that are there; None without any."""
    count = there.sum(axis=1)
    sums = np.where(there, values, 0.0).sum(axis=1)
    return tuple(float(total / size) if size else None for total, size in zip(sums, count, strict=True))
