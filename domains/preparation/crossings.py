"""Held-out items of one domain that another one would train on.

Two domains over one source, or over two files that share items, make such twins: the question is the same, whatever
the template, the field's name or the other columns are. Twins are items with

- the same text,
- the same fields from their source,
- the same content, which is what their templates fill in, without the templates' own words: the prompt's and the
  answer's together, or a prompt's alone that is long enough not to recur by chance.

Contents are compared as `leaks.normal` makes them. They are text: the number 3 and the text "3" are the same content.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from domains.errors import DataError
from domains.example import Example, Split, Splits
from domains.examples import taken
from domains.preparation.items import BYTES, Item
from domains.preparation.leaks import LONG, normal
from domains.sources.reasoning_gym import ORIGIN

KEYS = 4
_ENCODER = json.JSONEncoder(sort_keys=True)


@dataclass(frozen=True)
class Twins:
    """By what each item of a split is known: `KEYS` hashes an item, zeros where there is nothing to know it by."""

    hashes: bytes

    def of(self, at: int) -> set[bytes]:
        """The hashes of one item."""
        start = at * KEYS * BYTES
        found = {self.hashes[start + key * BYTES : start + (key + 1) * BYTES] for key in range(KEYS)}
        return found - {bytes(BYTES)}

    def __len__(self) -> int:
        return len(self.hashes) // (KEYS * BYTES)


Contents = Callable[[Example], tuple[list[str], list[str]]]
"""Example → the texts that fill in its prompt's template, and its answer's."""


def twins_of(items: Iterable[Item]) -> Twins:
    """By what these items are known, which were made with `known_by`. All domains' items must have one seed."""
    return Twins(b"".join(item.text + item.known for item in items))


def known_by(contents: Contents, example: Example) -> bytes:
    """All hashes of an example but its text's."""
    keys = _keys(example, contents)
    return b"".join([bytes(BYTES) if key is None else sha256(key.encode()).digest()[:BYTES] for key in keys])


def uncrossed(data: Mapping[str, Splits], twins: Mapping[str, Mapping[Split, Twins]]) -> dict[str, Splits]:
    """All domains' splits, without training items that another domain holds out. Order and the rest stay.

    `twins` say by what the items of each domain and split are known. Raises DataError with the key
    ``domains.<name>`` where nothing is left to train on.
    """
    held = {name: _held_out(twins[name]) for name in data}
    holders = Counter(key for keys in held.values() for key in keys)
    found = {}
    for name, splits in data.items():
        train, mine, own = splits["train"], twins[name]["train"], held[name]
        left = [at for at in range(len(train)) if not any(holders[key] > (key in own) for key in mine.of(at))]
        if not left:
            raise DataError(
                f"all {len(train)} training items are held out by another domain",
                key=f"domains.{name}.source",
                hint="Give the two domains different data.",
            )
        found[name] = splits if len(left) == len(train) else {**splits, "train": taken(train, left)}
    return found


def _held_out(twins: Mapping[Split, Twins]) -> set[bytes]:
    return {key for split in ("validation", "test") for at in range(len(twins[split])) for key in twins[split].of(at)}


def _keys(item: Example, contents: Contents) -> tuple[str | None, ...]:
    """Source, content, and the prompt's content alone; the text is known already."""
    source = {key: value for key, value in item.fields.items() if key != ORIGIN}
    asked, told = map(_content, contents(item))
    return (
        f"source {_written(source)}" if source else None,
        f"content {asked}\n{told}" if asked and told else None,
        f"asked {asked}" if len(asked) >= LONG else None,
    )


def _written(source: Mapping[str, Any]) -> str:
    """The fields as JSON text, whatever their order."""
    if any(type(value) is not str and type(value) is not int for value in source.values()):
        return _ENCODER.encode(source)
    # The same text for rows of texts and numbers, as most are, in half the time.
    pairs = [
        f"{quoted(key)}: {quoted(value) if type(value) is str else value}" for key, value in sorted(source.items())
    ]
    return f"{{{', '.join(pairs)}}}"


def _content(texts: Sequence[str]) -> str:
    """What is filled in, in an order of its own: templates may differ in theirs."""
    return "\n".join(sorted(map(normal, texts)))
