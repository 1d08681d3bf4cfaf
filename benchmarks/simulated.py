"""Scores of arms that do not differ, drawn anew: made up, or from the real tables beside this module.

A `World` gives arms as they come out of a run: each (domain → (seeds, items)), alike in all that is not luck. Item
difficulty is shared by all arms, as in reality; what an arm's training does to single items, to whole seeds and to
single cells is its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.orders.table import read_table
from scheduler.measurements import Array

Arm = dict[str, Array]
Draw = Callable[[np.random.Generator, int, int, bool], list[Arm]]
"""generator, arms, seeds, whether the last arm is a base model, the same for all seeds → that many arms."""
DOMAINS = ("a", "b")
WEIGHTS = dict.fromkeys(DOMAINS, 1.0)
TABLES = Path(__file__).parent / "orders"
REAL = ("quickstart", "hopeless", "replay")


@dataclass(frozen=True)
class World:
    """A way in which scores come about."""

    name: str
    draw: Draw
    weights: dict[str, float]


@dataclass(frozen=True)
class Luck:
    """Standard deviations of what is an arm's own, in units of a score (binary: of a probit)."""

    seed: float
    item: float
    cell: float = 1.0


def continuous(name: str, luck: Luck, mean: float = 0.5, items: int = 100) -> World:
    """Normal scores."""

    def draw(rng: np.random.Generator, arms: int, seeds: int, base: bool) -> list[Arm]:
        def noise(sd: float, rows: int, columns: int) -> Array:
            return sd * rng.normal(size=(rows, columns))

        def arm(seeds: int, sd: float) -> Arm:
            whole = mean + noise(sd, seeds, 1)
            return {name: whole + noise(luck.item, 1, items) + noise(luck.cell, seeds, items) for name in DOMAINS}

        found = [arm(seeds, luck.seed) for _ in range(arms - base)]
        # Without luck by seed, which would make a base truly better or worse than the others.
        still = [{name: np.repeat(block, seeds, axis=0) for name, block in arm(1, 0.0).items()}] if base else []
        return found + still

    return World(name, draw, WEIGHTS)


def binary(name: str, luck: Luck, level: float = 0.0, items: int = 100, difficulty: float = 1.0) -> World:
    """Right or wrong: right where a probit of `level`, the item's ease and the arm's luck is above 0."""

    def draw(rng: np.random.Generator, arms: int, seeds: int, base: bool) -> list[Arm]:
        ease = {domain: level + difficulty * rng.normal(size=(1, items)) for domain in DOMAINS}
        quiet = continuous("", luck, 0.0, items).draw(rng, arms, seeds, base)
        return [{domain: (ease[domain] + arm[domain] > 0).astype(float) for domain in DOMAINS} for arm in quiet]

    return World(name, draw, WEIGHTS)


def real(name: str) -> World:
    """Real items of a table of all orders. Each order and seed is one training run; arms are made of runs at random,
    so that none is better, and of items at random.
    """
    table = read_table(TABLES / name)
    domains = table.domains
    runs = [
        tuple(block[seed] for block in table.items["test"][order])
        for order in table.orders
        for seed in range(len(table.seeds))
    ]
    stacked = [np.stack([run[at] for run in runs]) for at in range(len(domains))]

    def draw(rng: np.random.Generator, arms: int, seeds: int, base: bool) -> list[Arm]:
        assert not base, "a table has one base, which is no random draw"
        picked = rng.permutation(len(runs))[: arms * seeds].reshape(arms, seeds)
        items = [rng.integers(0, block.shape[1], block.shape[1]) for block in stacked]
        return [
            {name: block[rows][:, at] for name, block, at in zip(domains, stacked, items, strict=True)}
            for rows in picked
        ]

    return World(f"real items, {name}", draw, dict(zip(domains, map(float, table.weights), strict=True)))


def shifted(world: World, *shifts: float) -> World:
    """The same with these differences in truth added to its arms, first to last; those after stay as they are."""

    def draw(rng: np.random.Generator, arms: int, seeds: int, base: bool) -> list[Arm]:
        found = world.draw(rng, arms, seeds, base)
        moved = [*shifts, *(0.0 for _ in range(arms - len(shifts)))]
        return [{name: block + shift for name, block in arm.items()} for arm, shift in zip(found, moved, strict=True)]

    return replace(world, draw=draw)
