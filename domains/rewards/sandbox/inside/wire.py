"""What crosses between a completion and its tests: plain data by value, everything else by number.

Whoever reads makes plain data of what comes, and nothing else: an object that says it equals everything never arrives.
"""

from __future__ import annotations

import json
import os
from functools import partial
from importlib import import_module
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:  # Not from typing: to import that takes as long as all the rest.
    from collections.abc import Callable
    from typing import Any

    Refer = Callable[[Any], Any]
    """What stands for a value that is not plain; raises TypeError where nothing does."""

MOST = 16 << 20
"""Bytes of a message."""
DRAWN = 1000
"""Items that are taken of an iterator."""
SMALL = 1 << 53
KINDS: dict[str, Callable[..., Any]] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
EXACT = {"Fraction": "fractions", "Decimal": "decimal"}
"""Numbers that are known by name: their modules are imported only where such numbers are."""


class Broken(Exception):  # noqa: N818 - not ours to handle, only to end
    """The other side is gone or talks nonsense."""


class Wire:
    """Messages (JSON values) over a socket, one at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, message: object) -> None:
        """Write a message. Raises Broken where nobody reads, ValueError for too long a one."""
        data = json.dumps(message).encode()
        if len(data) > MOST:
            raise ValueError("too much data")
        data = len(data).to_bytes(4, "big") + data
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            raise Broken from None

    def receive(self) -> Any:
        """The next message. Raises Broken."""
        size = int.from_bytes(self._exactly(4), "big")
        if size > MOST:
            raise Broken
        try:
            return json.loads(self._exactly(size))
        except (ValueError, RecursionError):
            raise Broken from None

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                piece = os.read(self._descriptor, size - len(data))
            except OSError:
                raise Broken from None
            if not piece:
                raise Broken
            data += piece
        return bytes(data)


def encode(value: Any, refer: Refer) -> Any:
    """`value` as a JSON value; `refer` gives what stands for one that is not plain data."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and -SMALL < value < SMALL:
        return int(value)
    scalar = _scalar(value)
    return _items(value, refer) if scalar is None else scalar


def _scalar(value: Any) -> list[Any] | None:
    """Data that hold nothing else; None for other ones."""
    name = type(value).__name__
    if isinstance(value, int):
        return ["int", format(int(value), "x")]
    if isinstance(value, float):
        return ["float", float(value).hex()]
    if isinstance(value, bytes | bytearray):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, complex):
        return ["complex", [value.real.hex(), value.imag.hex()]]
    if isinstance(value, range):
        return ["range", [value.start, value.stop, value.step]]
    return [name, str(value)] if type(value).__module__ == EXACT.get(name) else None


def _items(value: Any, refer: Refer) -> list[Any]:
    """Data that hold other ones, and what is no data."""
    for name, kind in KINDS.items():
        if isinstance(value, kind):  # type: ignore[arg-type]
            return [name, [encode(item, refer) for item in value]]
    if isinstance(value, dict):
        return ["dict", [[encode(key, refer), encode(item, refer)] for key, item in value.items()]]
    if hasattr(type(value), "__next__"):
        return ["iterator", [encode(item, refer) for item in islice(value, DRAWN + 1)]]
    return ["other", refer(value)]


def decode(data: Any, resolve: Callable[[Any], Any]) -> Any:
    """The value of what `encode` made; `resolve` gives what a reference stands for. Raises Broken for nonsense."""
    if data is None or isinstance(data, bool | str | int):
        return data
    try:
        kind, content = data
        return _decoded(kind, content, resolve)
    except (ValueError, KeyError, AttributeError):
        raise Broken from None


def _decoded(kind: str, content: Any, resolve: Callable[[Any], Any]) -> Any:
    if kind in KINDS:
        return KINDS[kind](decode(item, resolve) for item in content)
    if kind == "dict":
        return {decode(key, resolve): decode(item, resolve) for key, item in content}
    if kind == "iterator":
        return _drawn([decode(item, resolve) for item in content])
    if kind == "complex":
        return complex(*map(float.fromhex, content))
    return SIMPLE[kind](content) if kind in SIMPLE else resolve(content)


def _exact(name: str, text: str) -> Any:
    return getattr(import_module(EXACT[name]), name)(text)


SIMPLE: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "float": float.fromhex,
    "bytes": bytes.fromhex,
    "range": lambda ends: range(*ends),
    **{name: partial(_exact, name) for name in EXACT},
}


def _drawn(items: list[Any]) -> Any:
    """An iterator over what was drawn of another one, which says so where that had more."""
    yield from items[:DRAWN]
    if len(items) > DRAWN:
        raise RuntimeError(f"only the first {DRAWN} items of an iterator can be seen")
