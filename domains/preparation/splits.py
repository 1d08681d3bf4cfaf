"""Disjoint splits of a pool, the same for the same seed everywhere.

No prompt is in two splits, and validation and test hold each prompt once. A creative domain with too few
prompts for that (one instruction, many texts) is split by prompt and answer together. Running text is split
into whole regions, so that neighbours do not stand on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import islice
from operator import attrgetter
from typing import TypeVar

from domains.errors import DataError
from domains.example import Kind, Split
from domains.frozen import fingerprint
from domains.preparation.items import Item, Key, by_prompt, by_text
from domains.preparation.leaks import WordCounts, commonness, resemblance, word_counts
from domains.sources.pool import Layout

Thing = TypeVar("Thing")
Candidates = dict[Split, list[Item]]
"""Split → items that may stand in it, the preferred ones first."""
Choose = Callable[[Iterator[Item], int | None], list[Item]]
"""From the items that training may have, and the most that it keeps, to those that it gets."""
LANES: dict[Layout, int] = {"rows": 4, "made": 8}
"""One lane in so many each for validation and test; the rest is training's. Of made rows there are always enough."""
SAMPLE = 20_000
"""Items from which it is told which words are common; a word of a tenth of all is in 9 to 11 % of so many."""
SPARE: dict[Split, tuple[Split, ...]] = {
    "validation": ("test", "train"),
    "test": ("validation", "train"),
    "train": ("test", "validation"),
}
"""Whose items fill a lane that is too short, in this order: training gives up its own last."""


@dataclass(frozen=True)
class Sizes:
    """Items that evaluation asks for, and the most that training keeps (None: all)."""

    validation: int
    test: int
    train: int | None


@dataclass(frozen=True)
class Pile:
    """Items that were given together, and which words are common among them."""

    items: Sequence[Item]
    key: Key

    @cached_property
    def sample(self) -> list[Item]:
        """All of them, or `SAMPLE` by hash, which tell the common words just as well."""
        return list(self.items) if len(self.items) <= SAMPLE else nsmallest(SAMPLE, self.items, lambda item: item.own)

    @cached_property
    def words(self) -> WordCounts:
        """Of the sample's texts."""
        return word_counts(item.shown(self.key) for item in self.sample)


def item_identity(items: Iterable[Item], kind: Kind, sizes: Sizes) -> Key:
    """What may not be in two splits: the prompt; for creative domains with few prompts, prompt and answer."""
    if kind == "structured" or len({item.prompt for item in items}) > sizes.validation + sizes.test:
        return by_prompt
    return by_text


_by_prompt, _by_text = attrgetter("prompt", "own"), attrgetter("text", "own")


def hashed(items: Iterable[Item], key: Key) -> list[Item]:
    """By hash(seed, key): the place of an item depends on no other item."""
    return sorted(items, key=_by_prompt if key is by_prompt else _by_text)


def cut_items(
    items: Sequence[Item],
    key: Key,
    sizes: Sizes,
    seed: int,
    layout: Layout,
    held: dict[Split, Sequence[Item] | None],
    name: str,
    choose: Choose | None = None,
) -> dict[Split, list[Item]]:
    """Validation and test (unless `held` has those of the source's own) and train, without duplicates of those before.

    Every item has a lane of its own, by hash(seed, key). So more test items leave validation as it is, and training
    too as long as its own lane fills it. `choose` takes the training items, by default the first ones. Raises
    DataError where there are too few items.
    """
    pile, candidates = Pile(items, key), CANDIDATES[layout](items, key, seed)

    def candidate(split: Split) -> tuple[Pile, Sequence[Item]]:
        given = held[split]
        return (pile, candidates[split]) if given is None else (Pile(given, key), given)

    validation = _first(candidate("validation")[1], key, sizes.validation)
    test = _first(without(*candidate("test"), validation), key, sizes.test)
    left = without(pile, candidates["train"], [*validation, *test])
    train = choose(left, sizes.train) if choose else list(islice(left, sizes.train))
    if len(test) < sizes.test or len(validation) < sizes.validation or not train:
        # Validation is filled first, then test: what they hold is all there is.
        raise too_small(sizes, name, {"train": len(train), "validation": len(validation), "test": len(test)}, held)
    return {"train": train, "validation": validation, "test": test}


def rows_to_make(sizes: Sizes, train: int) -> int:
    """Distinct items that fill every lane, with a tenth more for the luck of the hash."""
    lane = LANES["made"]
    lanes = (lane * sizes.validation, lane * sizes.test, lane * train / (lane - 2))
    return math.ceil(1.1 * max(*lanes, sizes.validation + sizes.test + train))


def lane(item: Item, key: Key, layout: Layout) -> Split:
    """Where an item belongs first of all."""
    number = item.lane(key) % LANES[layout]
    return "validation" if number == 0 else "test" if number == 1 else "train"


def _in_lanes(ordered: Sequence[Item], key: Key, seed: int, layout: Layout = "made") -> Candidates:
    """Each split's candidates: its own lane, then what the others may leave over, from their far ends."""
    own: Candidates = {"train": [], "validation": [], "test": []}
    for item in ordered:
        own[lane(item, key, layout)].append(item)

    def candidates(split: Split) -> list[Item]:
        return own[split] + [item for other in SPARE[split] for item in own[other][::-1]]

    return {split: candidates(split) for split in own}


def region_order(items: Sequence[Thing], seed: int) -> list[Thing]:
    """Running text, turned so that another seed starts at another place."""
    start = int(fingerprint([seed, len(items)])[:8], 16) % len(items)
    return [*items[start:], *items[:start]]


def _rows(items: Sequence[Item], key: Key, seed: int) -> Candidates:
    """Rows that were given. Train is by hash(seed, item), so that a smaller one holds as many prompts as it can."""
    found = _in_lanes(hashed(items, key), key, seed, "rows")
    mine = [item for item in found["train"] if lane(item, key, "rows") == "train"]
    return {**found, "train": [*hashed(mine, by_text), *found["train"][len(mine) :]]}


def _regions(items: Sequence[Item], key: Key, seed: int) -> Candidates:
    """Running text: validation at the beginning, test at the end."""
    ordered = region_order(items, seed)
    return {"validation": ordered, "test": ordered[::-1], "train": hashed(ordered, by_text)}


CANDIDATES: dict[Layout, Callable[[Sequence[Item], Key, int], Candidates]] = {
    "rows": _rows,
    "made": _in_lanes,
    "regions": _regions,
}


def without(pile: Pile, items: Iterable[Item], held_out: Sequence[Item]) -> Iterator[Item]:
    """`items` of a pile less those whose identity equals, or whose text nearly equals, a held-out item's."""
    key = pile.key
    held = {item.identity(key) for item in held_out}
    texts = [item.shown(key) for item in held_out]
    kept = (item for item in items if item.identity(key) not in held)
    resembles = resemblance(texts, lambda: _common(pile, held, texts))
    return (item for item in kept if not resembles(item.shown(key)))


def _common(pile: Pile, held: set[bytes], texts: Sequence[str]) -> frozenset[str]:
    """Words that are common among the held-out texts and the items of a pile's sample that are kept, together."""
    dropped = word_counts(item.shown(pile.key) for item in pile.sample if item.identity(pile.key) in held)
    added = word_counts(texts)
    most = commonness(pile.words.total - dropped.total + added.total)
    every = pile.words.words
    return frozenset(
        word
        for word in every.keys() | added.words.keys()
        if every[word] - dropped.words[word] + added.words[word] > most
    )


def too_small(sizes: Sizes, name: str, there: dict[Split, int], held: dict[Split, Sequence[Item] | None]) -> DataError:
    """What evaluation asks for, and how many items without duplicates there are."""
    asked: dict[Split, int] = {"validation": sizes.validation, "test": sizes.test}
    for split, count in asked.items():
        if held[split] is not None and there[split] < count:
            return DataError(
                f"needs {count} distinct {split} items, got {there[split]}",
                hint=f"Lower evaluation.{split}, or the domain's own `{split}`.",
            )
    wanted = " + ".join(f"{count} {split}" for split, count in asked.items() if held[split] is None)
    counted = sum(count for split, count in there.items() if held.get(split) is None)
    asked_too = f"{wanted} + " if wanted else ""
    return DataError(
        f"needs {asked_too}at least 1 train items with distinct prompts, got {counted} from {name}",
        hint="Lower evaluation.validation and evaluation.test or give more data.",
    )


def _first(items: Iterable[Item], key: Key, count: int) -> list[Item]:
    """The first `count` items of distinct identity."""
    found: dict[bytes, Item] = {}
    for item in items:
        if len(found) == count:
            break
        found.setdefault(item.identity(key), item)
    return list(found.values())
