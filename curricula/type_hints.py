"""How to mend a value of the wrong type, by what was written in its place."""

from __future__ import annotations

import re
from typing import get_args

from curricula.problem import KeyPath
from curricula.schema_lookup import tags
from curricula.yaml_hints import QUOTES
from domains.sources.formats import Format

FORMATS: tuple[str, ...] = get_args(Format)
NO_WORD = re.compile(r"[^\w./-]")
SPOILT_PAIR = re.compile(r"(?P<key>[\w.-]+)\s*[:=]\s*(?P<value>\S.*)")
"""``steps:10`` and ``steps = 10``, which YAML takes for text."""
SOURCES = {
    **dict.fromkeys(FORMATS, "Files of all formats are `type: file`."),
    **dict.fromkeys(("huggingface", "hf", "datasets", "dataset"), "Data sets of the hub are `type: hub`."),
}
"""What people write as a source's `type` that is none."""
TYPE_HINTS = {
    "string_type": "Put it in quotes.",
    "int_type": "Write digits only, without quotes.",
    "int_from_float": "Write digits only, without a point or exponent.",
    "float_type": "Write it without quotes.",
    "bool_type": "Write true or false, without quotes.",
    "tuple_type": "Write [a, b].",
}
NUMBERS = {"int_type", "float_type"}
"""Kinds whose hint is of use for text only where the text is a number: quotes are then all that is wrong."""


def type_hint(kind: str, keys: KeyPath, value: object) -> str | None:
    """The hint for pydantic's error of that kind at `keys`."""
    if isinstance(value, str):
        told = kind not in NUMBERS or _is_number(value)
        return _for_text(kind, keys, value) or (TYPE_HINTS.get(kind) if told else None)
    if isinstance(value, dict) and kind == "string_type":
        return _text(value)
    if isinstance(value, dict) and kind == "tuple_type":
        return "Begin each entry with a dash: `- `."
    if isinstance(value, list) and keys == ("domains",):
        return "Write each domain under its name, without a dash."
    return TYPE_HINTS.get(kind)


def _for_text(kind: str, keys: KeyPath, value: str) -> str | None:
    """Where text stands in place of something else."""
    if value in tags((*keys, "type")):
        entry = kind == "tuple_type" or isinstance(keys[-1], int)
        return f"Write `- type: {value}`." if entry else f"Write `type: {value}` on the next line, indented."
    if keys[-1:] == ("source",) and not SPOILT_PAIR.fullmatch(value):
        return f"Write `source: {{type: file, path: {value}}}`."
    if keys == ("model",):
        return f"Write `model: {{type: pretrained, id: {value}}}`."
    if kind == "tuple_type" and not NO_WORD.search(value):
        return f"Write [{value}]."
    found = SPOILT_PAIR.fullmatch(value) if kind not in TYPE_HINTS else None
    return f"Write `{found['key']}: {found['value']}`, with a space after the colon." if found else None


def _is_number(text: str) -> bool:
    """Whether a text is a number as YAML or a spreadsheet writes one: ``10``, ``1e-4``, ``10_000``, ``10,000``."""
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return any(letter.isdigit() for letter in text)


def _text(value: dict[object, object]) -> str:
    """Text that YAML took for a mapping."""
    hint = f"Text that starts with {{ or holds ': ' {QUOTES}"
    own = any("{" in str(below) for below in value.values())
    return f"{hint}, and braces that are no field's are doubled: {{{{ and }}}}." if own else f"{hint}."
