"""One broken rule and the key it is about; the loader adds file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top of the YAML down, e.g. ``("domains", "sums", "rewards", 0)``."""


@dataclass(frozen=True)
class Problem:
    """What is wrong at `keys`."""

    keys: KeyPath
    rule: str
    value: object = None
    hint: str | None = None
    meant: KeyPath | None = None
    """Of an unknown key: the one that it stands for."""


def dotted(keys: KeyPath) -> str:
    """What a person writes for a key path: ``domains.sums.rewards[0].weight``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def value_at(data: object, keys: KeyPath) -> object:
    """What stands at `keys` in plain data; None where there is nothing."""
    for key in keys:
        inside = key in data if isinstance(data, dict) else isinstance(data, list) and key in range(len(data))
        if not inside:
            return None
        data = data[key]  # type: ignore[index]
    return data


def texts(value: object, keys: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text within plain data, with its keys."""
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from texts(below, (*keys, key))
    elif isinstance(value, list):
        for position, below in enumerate(value):
            yield from texts(below, (*keys, position))
