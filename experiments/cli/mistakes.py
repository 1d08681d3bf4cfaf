"""Mistakes in a command's options, in the words and the form of all mistakes."""

from __future__ import annotations

from typing import Any

from typer.exceptions import TyperException

PARSED = {"int_parsing": "must be a whole number", "float_parsing": "must be a number"}


def told(error: TyperException, help_: str) -> str:
    """One line: `--option: rule, got value. See: help`, or what typer says where no value is wrong."""
    param, found = getattr(error, "param", None), _found(error.__cause__ or error.__context__)
    if param is None or found is None:
        line = " ".join(error.format_message().split())
        return f"{line}{'' if line.endswith(('.', '?')) else '.'} See: {help_}"
    from domains.errors import UserError

    return str(UserError(_rule(found), key=param.opts[-1], value=found["input"], hint=f"See: {help_}"))


def _found(cause: BaseException | None) -> dict[str, Any] | None:
    """What pydantic, which typer asks, found wrong with a value."""
    errors = getattr(cause, "errors", None)
    return errors()[0] if errors else None


def _rule(found: dict[str, Any]) -> str:
    from curricula.messages import LIMITS

    kind = found["type"]
    if kind in PARSED:
        return PARSED[kind]
    if kind in LIMITS:
        words, bound = LIMITS[kind]
        return f"{words} {found['ctx'][bound]:g}"
    _, one_of, choices = str(found["msg"]).partition(" is not one of ")
    return f"must be one of {choices.rstrip('.').replace(chr(39), '')}" if one_of else str(found["msg"]).lower()
