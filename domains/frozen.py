"""Plain frozen data, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of all data that is written to disk: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def with_tuples(value: Any) -> Any:
    """Lists made into tuples, all the way down.

    A validator that comes before all else hands plain Python on, even where JSON was read; and there a strict tuple is
    no list.
    """
    if isinstance(value, dict):
        return {key: with_tuples(each) for key, each in value.items()}
    return tuple(map(with_tuples, value)) if isinstance(value, list) else value


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def fingerprint(value: object) -> str:
    """SHA-256 (hex) of the value's canonical JSON: blind to key order and to whole numbers written as floats.

    Accepts None, bool, int, float, str, lists, tuples, string-keyed mappings and `Frozen` models. Everything
    else has no stable form and is refused with TypeError; NaN and infinities with ValueError.
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def fingerprint_joined(entries: Iterable[str]) -> str:
    """The `fingerprint` of a list whose entries' canonical JSON this is, in the memory of one entry."""
    found = hashlib.sha256(b"[")
    for number, text in enumerate(entries):
        found.update(f",{text}".encode() if number else text.encode())
    found.update(b"]")
    return found.hexdigest()


def canonical_json(value: object) -> str:
    """The text that a fingerprint is taken of; the errors are `fingerprint`'s."""
    if type(value) is list and all(type(item) is str or type(item) is int for item in value):
        # Data are hashed by millions of such lists; the general way takes four times as long.
        return f"[{','.join(quoted(item) if type(item) is str else str(item) for item in value)}]"
    return _ENCODER.encode(_canonical(value))


def canonical_again(line: bytes) -> str:
    """The canonical JSON of what a line of JSON holds; several times faster than by way of an object."""
    return _ENCODER.encode(_DECODER.decode(line.decode()))


def _whole(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"fingerprint: numbers must be finite, got {number}.")
    return int(number) if number.is_integer() else number


_DECODER = json.JSONDecoder(parse_float=_whole)


_PLAIN = frozenset({str, int, bool, type(None)})
"""Most of what is hashed; asking whether each is a mapping took most of the time."""


def _canonical(value: object) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, BaseModel):
        return _canonical(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        if bad := [key for key in value if not isinstance(key, str)]:
            raise TypeError(f"fingerprint: mapping keys must be strings, got {bad[0]!r}. Write it as text.")
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"fingerprint: numbers must be finite, got {value}.")
        return int(value) if value.is_integer() else value
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(
        f"fingerprint: {type(value).__name__} has no stable form. Turn it into numbers, text, lists or mappings."
    )
