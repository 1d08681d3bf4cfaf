"""What a validator says of one key below the value that it was given."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

AT_KEY = "at_key"
"""The type of such an error; its context holds the `key` and the broken `rule`."""


def at_key(key: str, rule: str) -> PydanticCustomError:
    """To be raised in a validator of a mapping, or of a model as a whole: `key` breaks `rule`."""
    return PydanticCustomError(AT_KEY, "{key}: {rule}", {"key": key, "rule": rule})
