"""Templates: ``Q: {question}\\nA:`` over a row's fields.

Lists are joined by a blank, or by what stands after the colon (``{numbers:,}``); numbers take Python's format
there (``{price:.2f}``). Brackets reach into a field: ``{messages[0][content]}``, ``{messages[-1][content]}``,
``{meta[level]}``. A mapping, or a list that holds one, has no text and is refused. Doubled braces stand for
themselves. Names are looked up in the row's JSON values and nowhere else, so a template can reach nothing but the row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Any

from domains.errors import DataError
from domains.suggest import did_you_mean

Piece = tuple[str, str | None, str]
"""Literal text, then a field's name (None at the end) and its format."""
MOST = 12
"""Fields that a hint names."""
PATH = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])+)")
KEY = re.compile(r"\[([^\[\]]+)\]")


def render(template: str, row: Mapping[str, Any]) -> str:
    """The template with its fields filled in; DataError for a stray brace or a field that `row` lacks."""
    return "".join([text if name is None else text + _fill(name, form, row) for text, name, form in pieces(template)])


def filled(template: str, row: Mapping[str, Any]) -> list[str]:
    """What fills in the template, field by field and each in its plain form, without the template's own words."""
    return [_fill(name, "", row) for _, name, _ in pieces(template) if name is not None]


@lru_cache(maxsize=256)
def pieces(template: str) -> tuple[Piece, ...]:
    """The parsed template; DataError where braces do not pair or hold no name."""
    try:
        parsed = [(text, name, form or "", kind) for text, name, form, kind in Formatter().parse(template)]
    except ValueError as error:
        raise DataError(
            f"a template's braces must pair ({error})", value=template, hint="Write {{ and }} for braces."
        ) from None
    for _, name, form, conversion in parsed:
        if name == "" or conversion or "{" in form:
            raise DataError("a template's braces must hold a field's name", value=template)
    return tuple((text, name, form) for text, name, form, _ in parsed)


def fields_of(template: str) -> tuple[str, ...]:
    """Names of the fields that a template uses."""
    return tuple(name for _, name, _ in pieces(template) if name is not None)


def full_fields(row: Mapping[str, Any]) -> str | None:
    """A hint: which fields of a row hold something, for one who took one that does not."""
    full = [name for name, value in row.items() if value not in (None, "", [], {})]
    return f"Fields that hold something here: {', '.join(full[:MOST])}." if full else None


def value_of(name: str, row: Mapping[str, Any]) -> Any:
    """What a row holds under a name, or under a path like ``messages[0][content]``. DataError for nothing."""
    path = None if name in row else PATH.fullmatch(name)
    root, keys = (path[1], KEY.findall(path[2])) if path else (name, [])
    if root not in row:
        hint = did_you_mean(root, row, name="Fields are")
        raise DataError("the data have no such field", value=root, hint=hint)
    value, so_far = row[root], root
    for key in keys:
        value = _inside(value, key, so_far)
        so_far += f"[{key}]"
    return value


def _inside(value: Any, key: str, name: str) -> Any:
    """One step into a mapping by its key or into a list by its place, from the end where that is negative."""
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
        raise DataError(f"field {name!r} has no such key", value=key, hint=did_you_mean(key, value, name="Keys are"))
    if not isinstance(value, list):
        raise DataError(f"field {name!r} must hold a mapping or a list for [{key}]", value=value)
    try:
        return value[int(key)]
    except (ValueError, IndexError):
        raise DataError(f"field {name!r} is a list of {len(value)} and has no such place", value=key) from None


def _fill(name: str, form: str, row: Mapping[str, Any]) -> str:
    value = value_of(name, row)
    if type(value) is str and not form:
        return value
    if value is None:
        raise DataError(f"field {name!r} is empty", hint=full_fields(row))
    if _has_keys(value):
        raise DataError(
            f"field {name!r} must be text, a number or a list of such",
            value=value,
            hint=f"Name what is inside in brackets, or write `messages: {name}` if it is a conversation.",
        )
    if isinstance(value, list):
        return (form or " ").join(_scalar(item, "") for item in value)
    return _scalar(value, form)


def _has_keys(value: Any) -> bool:
    """Whether there is a mapping in it, which has no form as text."""
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(_has_keys, value)))


def _scalar(value: Any, form: str) -> str:
    """Text of a number, a text, or a list within a list (a matrix's row), which keeps its brackets."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    try:
        return format(value, form)
    except (ValueError, TypeError):
        raise DataError(f"format {form!r} does not fit the field's value", value=value) from None
