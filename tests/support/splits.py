"""Splits of examples, as tests write them; the product splits items."""

from __future__ import annotations

from collections.abc import Sequence

from domains.example import Example, Kind, Split, Splits
from domains.preparation.items import Item, Key, distinct_items, examples_of, items_of
from domains.preparation.splits import Layout, Sizes, cut_items, hashed, item_identity


def identity(examples: Sequence[Example], kind: Kind, sizes: Sizes) -> Key:
    """`item_identity` of examples."""
    return item_identity(items_of(examples, 0), kind, sizes)


def distinct(examples: Sequence[Example]) -> list[Example]:
    """The first of each prompt-and-answer pair."""
    return [item.example for item in distinct_items(items_of(examples, 0))]


def hashed_order(examples: Sequence[Example], key: Key, seed: int) -> list[Example]:
    """By hash(seed, key): the place of an item depends on no other item."""
    return [item.example for item in hashed(items_of(examples, seed), key)]


def cut(
    examples: Sequence[Example],
    key: Key,
    sizes: Sizes,
    seed: int,
    layout: Layout = "rows",
    *,
    validation: Sequence[Example] | None = None,
    test: Sequence[Example] | None = None,
    name: str = "the data",
) -> Splits:
    """Validation and test (unless given) and train, each without duplicates of those before it.

    Every item has a lane of its own, by hash(seed, key). So more test items leave validation as it is, and training
    too as long as its own lane fills it. Raises DataError where there are too few items.
    """
    held: dict[Split, Sequence[Item] | None] = {
        "validation": None if validation is None else items_of(validation, seed),
        "test": None if test is None else items_of(test, seed),
    }
    found = cut_items(items_of(examples, seed), key, sizes, seed, layout, held, name)
    return {split: examples_of(items) for split, items in found.items()}
