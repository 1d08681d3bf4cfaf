"""Processes that share a stage: those of torch's process group where one was begun, else this one alone.

Each runs the same code in the same order and differs from the others in its part of every step. What only one may do,
or must be the same in all, is done by the first and told to the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from torch import distributed

Value = TypeVar("Value")


def processes() -> int:
    """How many there are."""
    return distributed.get_world_size() if _together() else 1


def rank() -> int:
    """Which one this is, from 0."""
    return distributed.get_rank() if _together() else 0


def first() -> bool:
    """Whether this is the one that writes."""
    return rank() == 0


def everyone(value: Value) -> list[Value]:
    """Each process's value, in order; all must ask, and none goes on before all have."""
    if not _together():
        return [value]
    found: list[Value | None] = [None] * processes()
    distributed.all_gather_object(found, value)
    return cast("list[Value]", found)


def from_first(make: Callable[[], Value]) -> Value:
    """What the first process makes, in every process; all must ask. Where making it fails the first process ends, and
    with it the others."""
    if not _together():
        return make()
    box = [make() if first() else None]
    distributed.broadcast_object_list(box, src=0)
    return cast("Value", box[0])


def _together() -> bool:
    return distributed.is_available() and distributed.is_initialized()
