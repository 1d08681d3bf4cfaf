"""Disjoint splits of a pool, the same for the same seed everywhere.

No prompt is in two splits, and validation and test hold each prompt once. A creative domain with too few
prompts for that (one instruction, many texts) is split by prompt and answer together. Running text is split
into whole regions, so that neighbours do not stand on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from domains.errors import DataError
from domains.example import Example, Kind, Split
from domains.frozen import fingerprint
from domains.leaks import near_leaks, normal

Key = Callable[[Example], str]
Splits = dict[Split, tuple[Example, ...]]
Candidates = dict[Split, list[Example]]
"""Split → items that may stand in it, the preferred ones first."""
Layout = Literal["rows", "made", "regions"]
"""`rows` were given in an order that may mean something; `made` ones come one by one, each independent of those before
it; `regions` belong to their neighbours."""
LANES: dict[Layout, int] = {"rows": 4, "made": 8}
"""One lane in so many each for validation and test; the rest is training's. Of made rows there are always enough."""
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


def by_prompt(example: Example) -> str:
    """Identity of a structured item."""
    return normal(example.prompt)


def by_text(example: Example) -> str:
    """Identity of a creative item whose prompt recurs."""
    return normal(example.prompt + "\n" + example.answer)


def identity(examples: Sequence[Example], kind: Kind, sizes: Sizes) -> Key:
    """What may not be in two splits: the prompt; for creative domains with few prompts, prompt and answer."""
    if kind == "structured":
        return by_prompt
    prompts = len({by_prompt(example) for example in examples})
    return by_prompt if prompts > sizes.validation + sizes.test else by_text


def distinct(examples: Sequence[Example]) -> list[Example]:
    """The first of each prompt-and-answer pair."""
    return list({by_text(example): example for example in reversed(examples)}.values())[::-1]


def hashed_order(examples: Sequence[Example], key: Key, seed: int) -> list[Example]:
    """By hash(seed, key): the place of an item depends on no other item."""
    return sorted(examples, key=lambda item: (fingerprint([seed, key(item)]), fingerprint([seed, item.id])))


def region_order(examples: Sequence[Example], seed: int) -> list[Example]:
    """Running text, turned so that another seed starts at another place."""
    start = int(fingerprint([seed, len(examples)])[:8], 16) % len(examples)
    return [*examples[start:], *examples[:start]]


def cut(
    examples: Sequence[Example],
    key: Key,
    sizes: Sizes,
    seed: int,
    layout: Layout = "rows",
    *,
    test: Sequence[Example] | None = None,
    name: str = "the data",
) -> Splits:
    """Validation, test (unless given) and train, each without duplicates of those before it.

    Every item has a lane of its own, by hash(seed, key). So more test items leave validation as it is, and training
    too as long as its own lane fills it. Raises DataError where there are too few items.
    """
    candidates = CANDIDATES[layout](examples, key, seed)
    validation = _first(candidates["validation"], key, sizes.validation)
    left = without(candidates["test"] if test is None else test, validation, key)
    held_test = _first(left, key, sizes.test)
    train = without(candidates["train"], [*validation, *held_test], key)[: sizes.train]
    if len(held_test) < sizes.test or len(validation) < sizes.validation or not train:
        # Validation is filled first, then test: what they hold is all there is.
        cut_here = len(validation) + len(train) + (len(held_test) if test is None else 0)
        raise too_small(sizes, name, cut_here, None if test is None else len(held_test))
    return {"train": tuple(train), "validation": tuple(validation), "test": tuple(held_test)}


def rows_to_make(sizes: Sizes, train: int) -> int:
    """Distinct items that fill every lane, with a tenth more for the luck of the hash."""
    lane = LANES["made"]
    lanes = (lane * sizes.validation, lane * sizes.test, lane * train / (lane - 2))
    return math.ceil(1.1 * max(*lanes, sizes.validation + sizes.test + train))


def lane(item: Example, key: Key, seed: int, layout: Layout) -> Split:
    """Where an item belongs first of all."""
    number = int(fingerprint([seed, "lane", key(item)])[:8], 16) % LANES[layout]
    return "validation" if number == 0 else "test" if number == 1 else "train"


def _in_lanes(ordered: Sequence[Example], key: Key, seed: int, layout: Layout = "made") -> Candidates:
    """Each split's candidates: its own lane, then what the others may leave over, from their far ends."""
    own: Candidates = {"train": [], "validation": [], "test": []}
    for item in ordered:
        own[lane(item, key, seed, layout)].append(item)

    def candidates(split: Split) -> list[Example]:
        return own[split] + [item for other in SPARE[split] for item in own[other][::-1]]

    return {split: candidates(split) for split in own}


def _rows(examples: Sequence[Example], key: Key, seed: int) -> Candidates:
    """Rows that were given. Train is by hash(seed, item), so that a smaller one holds as many prompts as it can."""
    found = _in_lanes(hashed_order(examples, key, seed), key, seed, "rows")
    mine = [item for item in found["train"] if lane(item, key, seed, "rows") == "train"]
    return {**found, "train": [*hashed_order(mine, by_text, seed), *found["train"][len(mine) :]]}


def _regions(examples: Sequence[Example], key: Key, seed: int) -> Candidates:
    """Running text: validation at the beginning, test at the end."""
    ordered = region_order(examples, seed)
    return {"validation": ordered, "test": ordered[::-1], "train": hashed_order(ordered, by_text, seed)}


CANDIDATES: dict[Layout, Callable[[Sequence[Example], Key, int], Candidates]] = {
    "rows": _rows,
    "made": _in_lanes,
    "regions": _regions,
}


def without(examples: Sequence[Example], held_out: Sequence[Example], key: Key) -> list[Example]:
    """`examples` less those whose identity equals, or whose text nearly equals, a held-out item's."""
    held = {key(item) for item in held_out}
    kept = [item for item in examples if key(item) not in held]
    seen = near_leaks([shown(item, key) for item in kept], [shown(item, key) for item in held_out])
    return [item for i, item in enumerate(kept) if i not in seen]


def shown(example: Example, key: Key) -> str:
    """The text that identity rests on, as it was written."""
    return example.prompt if key is by_prompt else example.prompt + "\n" + example.answer


def too_small(sizes: Sizes, name: str, there: int, test: int | None) -> DataError:
    """What evaluation asks for, and how many items without duplicates there are (`test`: in a file of its own)."""
    if test is not None and test < sizes.test:
        return DataError(f"needs {sizes.test} distinct test items, got {test}", hint="Lower evaluation.test.")
    wanted = f"{sizes.validation} validation" + ("" if test is not None else f" + {sizes.test} test")
    return DataError(
        f"needs {wanted} + at least 1 train items with distinct prompts, got {there} from {name}",
        hint="Lower evaluation.validation and evaluation.test or give more data.",
    )


def _first(examples: Sequence[Example], key: Key, count: int) -> list[Example]:
    """The first `count` items of distinct identity."""
    found: dict[str, Example] = {}
    for item in examples:
        if len(found) == count:
            break
        found.setdefault(key(item), item)
    return list(found.values())
