"""Which examples a stage sees, and in which order: ours, so that it can be repeated anywhere.

What is drawn of a domain depends on the seed, the domain and how much of it was drawn before, and on nothing else: a
domain's first stage draws the same examples wherever it stands, and a later one goes on where the last one stopped.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
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
    among: Mapping[str, Collection[str]] | None = None,
) -> list[Drawn]:
    """`counts` examples by domain, interleaved by chance; each domain without replacement per pass over its pool.

    `before` examples of each domain were drawn by the stages so far. So many neighbours `together` are of one domain;
    the counts are multiples of it. Of a domain in `among` only the examples of these ids are drawn, at least one; the
    others are passed over, and what a later stage goes on from is counted without them.
    """
    runs = [name for name, count in sorted(counts.items()) for _ in range(count // together)]
    random.Random(f"{seed} order {sum(before.values())}").shuffle(runs)
    names = [name for name in runs for _ in range(together)]
    streams = {
        name: _only(upcoming(pools[name], name, seed, before.get(name, 0)), (among or {}).get(name)) for name in counts
    }
    return [Drawn(name, next(streams[name])) for name in names]


def upcoming(pool: Sequence[Example], domain: str, seed: str, before: int) -> Iterator[Example]:
    """A domain's examples without end, from where its stages so far stopped."""
    return islice(_passes(pool, f"{seed} {domain}"), before, None)


def _only(stream: Iterator[Example], ids: Collection[str] | None) -> Iterator[Example]:
    return stream if ids is None else (example for example in stream if example.id in ids)


def _passes(pool: Sequence[Example], seed: str) -> Iterator[Example]:
    chance = random.Random(seed)
    while True:
        order = list(pool)
        chance.shuffle(order)
        yield from order
