"""No secret key stands in a curriculum: it is copied into the store, into reports and often into a repository."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import KeyPath, Problem
from curricula.schema import Curriculum
from domains.secrets import HINT, key_like


def secret_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """Where a text looks like a key; which one is not told."""
    for keys in _places(curriculum.model_dump(mode="json", exclude_defaults=True), ()):
        yield Problem(keys, "holds what looks like a secret key", hint=HINT)


def _places(value: object, keys: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, str):
        if key_like(value):
            yield keys
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _places(item, (*keys, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _places(item, (*keys, at))
