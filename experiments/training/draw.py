"""Which examples a stage sees, and in which order: ours, so that it can be repeated anywhere.

What is drawn of a domain depends on the seed, the domain and how much of it was drawn before, and on nothing else: a
domain's first stage draws the same examples wherever it stands, and a later one goes on where the last one stopped.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from domains.example import Example


@dataclass(frozen=True)
class Drawn:
    """One training example and the domain that it came from."""

    domain: str
    example: Example


def draw(
    counts: Mapping[str, int],
    pools: Mapping[str, Sequence[Example]],
    seed: str,
    before: Mapping[str, int],
    together: int = 1,
) -> list[Drawn]:
    """`counts` examples by domain, interleaved by chance; each domain without replacement per pass over its pool.

    `before` examples of each domain were drawn by the stages so far. So many neighbours `together` are of one domain;
    the counts are multiples of it.
    """
    runs = [name for name, count in sorted(counts.items()) for _ in range(count // together)]
    random.Random(f"{seed} order {sum(before.values())}").shuffle(runs)
    names = [name for name in runs for _ in range(together)]
    streams = {name: islice(_passes(pools[name], f"{seed} {name}"), before.get(name, 0), None) for name in counts}
    return [Drawn(name, next(streams[name])) for name in names]


def _passes(pool: Sequence[Example], seed: str) -> Iterator[Example]:
    chance = random.Random(seed)
    while True:
        order = list(pool)
        chance.shuffle(order)
        yield from order
