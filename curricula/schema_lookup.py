"""The piece of the JSON Schema that speaks of a key in a curriculum."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from curricula.json_schema import curriculum_schema
from curricula.problem import KeyPath, value_at

SECTIONS: tuple[KeyPath, ...] = (
    (),
    ("training",),
    ("model", "lora"),
    ("model",),
    ("schedule",),
    ("evaluation",),
    ("evaluation", "decoding"),
    ("baselines",),
    ("comparison",),
    ("resources",),
    ("search",),
    ("domains", "NAME"),
    ("schedule", "probing"),
)
"""Mappings in which a key is looked for that stands in the wrong one, the likeliest first."""
EXAMPLE = {"model": {"type": "pretrained"}}
"""Which member of a union is meant where nothing is written."""


def schema_at(keys: KeyPath, data: object) -> dict[str, Any]:
    """The piece of the JSON Schema that speaks of `keys`; {} where it says nothing."""
    schema, here = _reached(keys, data)
    return _resolve(schema, _whole(), here)


def members_with(keys: KeyPath, key: str, data: object) -> list[str]:
    """The `type`s of the union at `keys` whose members have a key; [] where there is no union."""
    members = _reached(keys, data)[0].get("discriminator", {}).get("mapping", {})
    return [name for name, ref in members.items() if key in _resolve({"$ref": ref}, _whole(), None)["properties"]]


def _reached(keys: KeyPath, data: object) -> tuple[dict[str, Any], object]:
    """The piece that speaks of `keys`, perhaps a reference or a union, and what is written there."""
    schema = _whole()
    top, here = schema, data
    for key in keys:
        schema = _resolve(schema, top, here)
        if isinstance(key, int):
            schema = schema.get("items", {})
        else:
            others = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
            default = next((other for other in others if isinstance(other, dict)), {})
            schema = schema.get("properties", {}).get(key, default)
        here = value_at(here, (key,))
    return schema, here


def known_keys(keys: KeyPath, data: object) -> dict[str, Any]:
    """The keys that the mapping at `keys` may have, each with its schema."""
    found: dict[str, Any] = schema_at(keys, data).get("properties", {})
    return found


def section_of(key: str) -> KeyPath | None:
    """The likeliest mapping that has `key`; None where none has."""
    return next((section for section in SECTIONS if key in known_keys(section, EXAMPLE)), None)


def is_free_text(keys: KeyPath, data: object) -> bool:
    """Whether any text may stand at `keys`, and not only one of a few words."""
    schema = schema_at(keys, data)
    texts = [member for member in schema.get("anyOf", []) if member.get("type") == "string"]
    # A text, or a word in its place: `answer: false`.
    schema = texts[0] if len(texts) == 1 else schema
    return schema.get("type") == "string" and not {"enum", "const"} & schema.keys()


def tags(keys: KeyPath, data: object = None) -> list[str]:
    """The values that a union's `type` at `keys` may take, as its members stand in the code; [] where there is none.

    Of a list, those of its entries.
    """
    union = _reached(keys[:-1], data)[0]
    union = union.get("items", union)
    named = {ref: name for name, ref in union.get("discriminator", {}).get("mapping", {}).items()}
    return [named[member["$ref"]] for member in union.get("oneOf", ())] if named else []


def choices_at(keys: KeyPath, data: object) -> list[str]:
    """The words of which one stands at `keys` where text does; [] where any text may, or none."""
    return list(_words(_reached(keys, data)[0]))


def _words(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield from _words(_whole()["$defs"].get(schema["$ref"].removeprefix("#/$defs/"), {}))
    for member in schema.get("anyOf", ()):
        yield from _words(member)
    yield from map(str, schema.get("enum", [schema["const"]] if "const" in schema else ()))


@lru_cache(maxsize=1)
def _whole() -> dict[str, Any]:
    return curriculum_schema()


def _resolve(schema: dict[str, Any], top: dict[str, Any], here: object) -> dict[str, Any]:
    """Follow references, and of a union the member that `here` names by its `type`, or that has what is written."""
    while True:
        if "discriminator" in schema:
            named = here.get("type") if isinstance(here, dict) else None
            schema = {"$ref": schema["discriminator"]["mapping"].get(named, "")}
        elif "anyOf" in schema:
            schema = schema["anyOf"][0]
        elif "$ref" in schema:
            name = schema["$ref"].removeprefix("#/$defs/")
            schema = top["$defs"].get(name, {})
        else:
            return schema
