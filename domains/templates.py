"""Templates: ``Q: {question}\\nA:`` over a row's fields.

Lists are joined by a blank, or by what stands after the colon (``{numbers:,}``); numbers take Python's format
there (``{price:.2f}``). Doubled braces stand for themselves. A field's name is looked up as written, so a
template can reach nothing but the row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Any

from domains.errors import DataError
from domains.suggest import did_you_mean

Piece = tuple[str, str | None, str]
"""Literal text, then a field's name (None at the end) and its format."""


def render(template: str, row: Mapping[str, Any]) -> str:
    """The template with its fields filled in; DataError for a stray brace or a field that `row` lacks."""
    return "".join(text + ("" if name is None else _fill(name, form, row)) for text, name, form in pieces(template))


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


def _fill(name: str, form: str, row: Mapping[str, Any]) -> str:
    if name not in row:
        hint = did_you_mean(name, row, name="Fields are")
        raise DataError("the data have no such field", value=name, hint=hint)
    value = row[name]
    if value is None:
        raise DataError(f"field {name!r} is empty")
    if isinstance(value, list):
        return (form or " ").join(_scalar(item, "") for item in value)
    return _scalar(value, form)


def _scalar(value: Any, form: str) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    try:
        return format(value, form)
    except (ValueError, TypeError):
        raise DataError(f"format {form!r} does not fit the field's value", value=value) from None
