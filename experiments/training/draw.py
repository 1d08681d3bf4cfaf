"""Which examples a stage sees, and in which order: ours, so that it can be repeated anywhere."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from curricula.shares import share_out
from domains.example import Example


@dataclass(frozen=True)
class Drawn:
    """One training example and the domain that it came from."""

    domain: str
    example: Example


def draw(mixture: Mapping[str, float], pools: Mapping[str, Sequence[Example]], total: int, seed: int) -> list[Drawn]:
    """`total` examples by the mixture's shares, shuffled; each domain without replacement per pass."""
    counts = share_out(mixture, total)
    chance = random.Random(seed)
    names = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(names)
    streams = {name: _passes(pools[name], random.Random(f"{seed} {name}")) for name in counts}
    return [Drawn(name, next(streams[name])) for name in names]


def _passes(pool: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    while True:
        order = list(pool)
        chance.shuffle(order)
        yield from order
