"""pydantic's findings in words for the person who wrote the YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import ErrorDetails

from curricula.json_schema import curriculum_schema
from curricula.problem import KeyPath, Problem
from domains.suggest import did_you_mean

NOTHING = "but nothing is written here"
TYPE_RULES = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "tuple_type": "must be a list",
}
TYPE_HINTS = {
    "string_type": "Put it in quotes.",
    "int_type": "Write digits only, without quotes.",
    "int_from_float": "Write digits only, without a point or exponent.",
    "float_type": "Write it without quotes.",
    "bool_type": "Write true or false, without quotes.",
    "tuple_type": "Write [a, b].",
}
LIMITS = {
    "greater_than": ("must be greater than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be less than", "lt"),
    "less_than_equal": ("must be at most", "le"),
}
NAME_RULES = {
    "^[a-z0-9][a-z0-9_-]{0,63}$": (
        "must be at most 64 lower-case letters, digits, '-' and '_', and start with a letter or digit"
    ),
    "^[A-Za-z][A-Za-z0-9_-]{0,31}$": (
        "a domain's name must be at most 32 letters, digits, '-' and '_', and start with a letter"
    ),
}


def explain(errors: Iterable[ErrorDetails], data: object) -> list[Problem]:
    """One problem for each mistake; what pydantic reports once per union member is told once."""
    found = [(error, key_path(error, data)) for error in errors]
    problems = [_problem(error, keys, data) for error, keys in found]
    problems = _drop_outer(_merge_members(problems))
    return _drop_misspelt(problems)


def key_path(error: ErrorDetails, data: object) -> KeyPath:
    """pydantic's location without the names of union members, which nobody wrote."""
    path: list[str | int] = []
    here, tagged = data, False
    for position, part in enumerate(error["loc"]):
        if isinstance(here, dict) and not tagged and here.get("type") == part:
            tagged = True
        elif (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int)):
            path.append(part)
            here, tagged = here[part], False  # type: ignore[index]
        elif error["type"] == "missing" and position == len(error["loc"]) - 1:
            path.append(part)
    if error["type"].startswith("union_tag"):
        path.append("type")
    return tuple(path)


def schema_at(keys: KeyPath, data: object) -> dict[str, Any]:
    """The piece of the JSON Schema that speaks of `keys`; {} where it says nothing."""
    schema = curriculum_schema()
    top, here = schema, data
    for key in keys:
        schema = _resolve(schema, top, here)
        if isinstance(key, int):
            schema = schema.get("items", {})
        else:
            others = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
            default = next((other for other in others if isinstance(other, dict)), {})
            schema = schema.get("properties", {}).get(key, default)
        here = _below(here, key)
    return _resolve(schema, top, here)


def _below(here: object, key: str | int) -> object:
    if isinstance(here, dict):
        return here.get(key)
    return here[key] if isinstance(here, list) and isinstance(key, int) and key < len(here) else None


def _resolve(schema: dict[str, Any], top: dict[str, Any], here: object) -> dict[str, Any]:
    """Follow references, and of a union the member that `here` names by its `type`."""
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


def _problem(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    kind, value = error["type"], error["input"]
    if kind in TYPE_RULES:
        return _wrong_type(kind, keys, value)
    if kind in LIMITS:
        words, bound = LIMITS[kind]
        limit = error["ctx"][bound]
        return Problem(keys, f"{words} {limit:,}" if isinstance(limit, int) else f"{words} {limit:g}", value)
    speak = SPEAKERS.get(kind)
    return speak(error, keys, data) if speak else Problem(keys, error["msg"].lower(), value)


def _wrong_type(kind: str, keys: KeyPath, value: object) -> Problem:
    rule = TYPE_RULES[kind]
    if value is None:
        return Problem(keys, f"{rule}, {NOTHING}", hint="Write a value, or leave the key out.")
    hint = TYPE_HINTS.get(kind)
    if kind == "string_type" and isinstance(value, dict):
        hint = "Text that starts with { must stand in quotes."
    if isinstance(value, str) and value in _tags((*keys, "type")):
        hint = f"Write `type: {value}` on the next line, indented."
    return Problem(keys, rule, value, hint)


def _unknown_key(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    known = schema_at(keys[:-1], data).get("properties", {})
    return Problem(
        keys,
        "unknown key",
        error["input"],
        did_you_mean(str(keys[-1]), known, name="Known keys are", limit=20),
    )


def _missing(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    choices = schema_at(keys, data).get("enum")
    hint = f"One of: {', '.join(choices)}." if choices else "Add it."
    return Problem(keys, "this key is required", hint=hint)


def _choice(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    expected = str(error["ctx"]["expected"]).replace(" or ", ", ").split(", ")
    names = [name.strip("'") for name in expected]
    return _one_of(keys, names, error["input"])


def _tag(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    names = [name.strip("'") for name in str(error["ctx"]["expected_tags"]).split(", ")]
    return _one_of(keys, names, error["ctx"]["tag"])


def _one_of(keys: KeyPath, names: list[str], value: object) -> Problem:
    near = did_you_mean(str(value), names)
    rule = f"must be {names[0]}" if len(names) == 1 else f"must be one of {', '.join(names)}"
    hint = near if near.startswith("Did") else None
    return Problem(keys, rule if value is not None else f"{rule}, {NOTHING}", value, hint)


def _no_tag(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    names = sorted(_tags(keys))
    return Problem(keys, "this key is required", hint=f"One of: {', '.join(names)}." if names else "Add it.")


def _tags(keys: KeyPath) -> list[str]:
    """The values that a union's `type` at `keys` may take; [] where there is no union."""
    field = next((key for key in reversed(keys[:-1]) if isinstance(key, str)), "")
    top = curriculum_schema()
    owner = top["$defs"]["DomainSpec"] if keys[0] == "domains" else top
    schema = owner["properties"].get(field, {})
    return list(schema.get("items", schema).get("discriminator", {}).get("mapping", {}))


def _pattern(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    pattern = str(error["ctx"]["pattern"])
    return Problem(keys, NAME_RULES.get(pattern, f"must match {pattern}"), error["input"])


def _own_rule(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    """A validator's own ValueError; ``key: rule`` speaks of a key below."""
    rule, value = str(error["ctx"]["error"]), error["input"]
    if not isinstance(value, dict):
        return Problem(keys, rule, value)
    key, colon, rest = rule.partition(": ")
    if colon and (key in value or key in schema_at(keys, data).get("properties", {})):
        return Problem((*keys, key), rest, value.get(key))
    return Problem(keys, rule)


def _too_short(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    least = error["ctx"]["min_length"]
    what = {"string_too_short": "character"}.get(error["type"], "entry" if least == 1 else "entries")
    return Problem(keys, f"must have at least {least} {what}", error["input"])


def _too_long(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    return Problem(keys, f"must have at most {error['ctx']['max_length']} entries", len(error["input"]))


SPEAKERS: dict[str, Callable[[ErrorDetails, KeyPath, object], Problem]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "literal_error": _choice,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _no_tag,
    "string_pattern_mismatch": _pattern,
    "value_error": _own_rule,
    "too_long": _too_long,
    "too_short": _too_short,
    "string_too_short": _too_short,
}


def _merge_members(problems: list[Problem]) -> list[Problem]:
    """Several members of a union that refuse the same value become one sentence."""
    merged: dict[KeyPath, Problem] = {}
    for problem in problems:
        first = merged.get(problem.keys)
        rule = f"{first.rule}, or {problem.rule.removeprefix('must be ')}" if first else problem.rule
        merged[problem.keys] = Problem(problem.keys, rule, problem.value, (first or problem).hint)
    return list(merged.values())


def _drop_outer(problems: list[Problem]) -> list[Problem]:
    """A union member that fits all but one entry makes the other members' complaint about the whole moot."""
    paths = [problem.keys for problem in problems]
    return [
        problem
        for problem in problems
        if not any(len(keys) > len(problem.keys) and keys[: len(problem.keys)] == problem.keys for keys in paths)
    ]


def _drop_misspelt(problems: list[Problem]) -> list[Problem]:
    """A required key that is there, misspelt, is one mistake."""
    meant = {
        (*problem.keys[:-1], problem.hint.removeprefix("Did you mean '").removesuffix("'?"))
        for problem in problems
        if problem.rule == "unknown key" and problem.hint
    }
    return [p for p in problems if not (p.rule == "this key is required" and p.keys in meant)]
