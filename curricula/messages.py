"""pydantic's findings in words for the person who wrote the YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from pydantic_core import ErrorDetails

from curricula.gone import GONE
from curricula.problem import KeyPath, Problem
from curricula.schema_lookup import choices_at, schema_at, tags
from curricula.type_hints import SOURCES, type_hint
from curricula.unknown import guess
from domains.at_key import AT_KEY
from domains.suggest import if_near

NOTHING = "but nothing is written here"
REQUIRED = "this key is required"
ADD: dict[str | int, str] = {
    "rewards": "Say what marks the answers, e.g. `rewards: [{type: exact}]` for what is right or wrong, "
    "`[{type: creative}]` for texts.",
    "source": "Say where the examples come from, e.g. `source: {type: file, path: my.jsonl}`.",
}
"""What to add, of keys that have no short list of choices."""
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
LIMITS = {
    "greater_than": ("must be greater than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be less than", "lt"),
    "less_than_equal": ("must be at most", "le"),
}
LIMIT_HINTS: dict[str | int, str] = {"rollouts": "GRPO compares the completions of one prompt."}
"""Why a limit is where it is, for who is just below it."""
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


def _problem(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    kind, value = error["type"], error["input"]
    if kind in TYPE_RULES:
        return _wrong_type(kind, keys, value)
    if kind in LIMITS:
        words, bound = LIMITS[kind]
        limit = error["ctx"][bound]
        rule = f"{words} {limit:,}" if isinstance(limit, int) else f"{words} {limit:g}"
        return Problem(keys, rule, value, LIMIT_HINTS.get(keys[-1]) if value in (0, 1) else None)
    speak = SPEAKERS.get(kind)
    return speak(error, keys, data) if speak else Problem(keys, error["msg"].lower(), value)


def _wrong_type(kind: str, keys: KeyPath, value: object) -> Problem:
    rule = TYPE_RULES[kind]
    if value is None:
        return Problem(keys, f"{rule}, {NOTHING}", hint="Write a value, or leave the key out.")
    return Problem(keys, rule, value, type_hint(kind, keys, value))


def _unknown_key(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    if gone := GONE.get(keys):
        return Problem(keys, gone.rule, error["input"], gone.hint)
    meant = guess(keys, error["input"], data)
    beside = (*keys[:-1], meant.meant) if meant.meant else None
    return Problem(keys, "unknown key", error["input"], meant.hint, beside)


def _missing(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    choices = schema_at(keys, data).get("enum")
    hint = f"One of: {', '.join(choices)}." if choices else ADD.get(keys[-1], "Add it.")
    return Problem(keys, REQUIRED, hint=hint)


def _choice(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    names = choices_at(keys, data)
    # Where the schema lists none, e.g. of a mapping's keys, what pydantic says stands as it is.
    return _one_of(keys, names or [str(error["ctx"]["expected"])], error["input"])


def _tag(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    tag = error["ctx"]["tag"]
    problem = _one_of(keys, tags(keys, data), tag)
    return problem if problem.hint or keys[-2:-1] != ("source",) else replace(problem, hint=SOURCES.get(str(tag)))


def _one_of(keys: KeyPath, names: list[str], value: object) -> Problem:
    rule = f"must be {names[0]}" if len(names) == 1 else f"must be one of {', '.join(names)}"
    return Problem(keys, rule if value is not None else f"{rule}, {NOTHING}", value, if_near(str(value), names))


def _no_tag(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    names = sorted(tags(keys, data))
    return Problem(keys, REQUIRED, hint=f"One of: {', '.join(names)}." if names else "Add it.")


def _pattern(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    pattern = str(error["ctx"]["pattern"])
    return Problem(keys, NAME_RULES.get(pattern, f"must match {pattern}"), error["input"])


def _own_rule(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    """A validator's own ValueError; of a mapping, which may be long, what was written is not shown."""
    value = error["input"]
    return Problem(keys, str(error["ctx"]["error"]), None if isinstance(value, dict) else value)


def _at_key(error: ErrorDetails, keys: KeyPath, data: object) -> Problem:
    """A validator speaks of a key below: see domains/at_key.py."""
    key, rule, value = error["ctx"]["key"], error["ctx"]["rule"], error["input"]
    return Problem((*keys, key), rule, value.get(key) if isinstance(value, dict) else None)


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
    AT_KEY: _at_key,
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
        merged[problem.keys] = replace(first or problem, rule=rule, value=problem.value)
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
    """A required key that is there under another name is one mistake."""
    meant = {problem.meant for problem in problems}
    return [problem for problem in problems if not (problem.rule == REQUIRED and problem.keys in meant)]
