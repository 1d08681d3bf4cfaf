"""Which examples a stage sees, and in which order: ours, so that it can be repeated anywhere."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domains.example import Example


@dataclass(frozen=True)
class Drawn:
    """One training example and the domain that it came from."""

    domain: str
    example: Example


def share_out(mixture: Mapping[str, float], total: int) -> dict[str, int]:
    """Split `total` by the mixture's shares, by largest remainder: the counts sum to `total` exactly."""
    whole = sum(mixture.values())
    quotas = {name: total * share / whole for name, share in sorted(mixture.items())}
    counts = {name: int(quota) for name, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda name: (counts[name] - quotas[name], name))
    for name in by_remainder[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


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
