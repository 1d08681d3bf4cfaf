"""Held-out items of one domain that another one would train on: two templates over one source make such twins."""

from __future__ import annotations

from collections.abc import Mapping

from domains.errors import DataError
from domains.example import Example
from domains.frozen import fingerprint
from domains.sources.reasoning_gym import ORIGIN
from domains.items import by_text
from domains.splits import Splits


def uncrossed(data: Mapping[str, Splits]) -> dict[str, Splits]:
    """All domains' splits, without training items that another domain holds out. Order and the rest stay.

    Twins are items with the same text, or that the source gave the same fields. Raises DataError with the key
    ``domains.<name>`` where nothing is left to train on.
    """
    held = {name: _held_out(splits) for name, splits in data.items()}
    found = {}
    for name, splits in data.items():
        others = set().union(*(keys for other, keys in held.items() if other != name))
        train = tuple(item for item in splits["train"] if not _keys(item) & others)
        if not train:
            raise DataError(
                f"all {len(splits['train'])} training items are held out by another domain",
                key=f"domains.{name}.source",
                hint="Give the two domains different data.",
            )
        found[name] = {**splits, "train": train}
    return found


def _held_out(splits: Splits) -> set[str]:
    return {key for split in ("validation", "test") for item in splits[split] for key in _keys(item)}


def _keys(item: Example) -> set[str]:
    """What an item is known by: its text, and what it was made from."""
    content = {key: value for key, value in item.fields.items() if key != ORIGIN}
    return {by_text(item), *([fingerprint(content)] if content else [])}
