"""Conversations in a row of data, in the forms that people have them in.

What a column holds decides, not what it is called:

    a list of turns with `role` and `content`     OpenAI, TRL
    a list of turns with `from` and `value`       ShareGPT
    text                                          one turn: in the last column the assistant's, before it the user's

Several columns follow one another, so TRL's ``prompt`` and ``completion`` are two columns of turns, and Alpaca's
``instruction``, ``input``, ``output`` three of text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domains.errors import DataError
from domains.templates import value_of

Turn = dict[str, Any]
"""`role` and `content`, both text, and whatever else the model's chat template may read."""
ROLES = ("system", "user", "assistant", "tool")
SHAREGPT = {"human": "user", "gpt": "assistant"}
"""The speakers that ShareGPT calls otherwise."""
FORMS = "Known are lists of turns with role and content, or with from and value, and, beside another column, text."


def conversation_of(columns: Sequence[str], row: Mapping[str, Any]) -> tuple[list[Turn], int]:
    """The turns of a row's columns, one after the other, and how many of them stand before the last column.

    Neighbouring text before the last column is one turn of the user's, its parts apart by an empty line, blank ones
    left out. With one column no turn stands before it. Raises DataError for what is in no known form.
    """
    *before, last = columns
    turns: list[Turn] = []
    asked: list[str] = []
    for column in before:
        value = value_of(column, row)
        if value is None or isinstance(value, str):
            asked += [value] if value and value.strip() else []
        else:
            turns += [*_said("user", asked), *_turns(column, value)]
            asked = []
    turns += _said("user", asked)
    value = value_of(last, row)
    answered = _said("assistant", [value]) if before and isinstance(value, str) else _turns(last, value)
    return [*turns, *answered], len(turns)


def split_answer(turns: Sequence[Turn], answer: str | None) -> tuple[tuple[Turn, ...], str]:
    """What precedes the answer, and the answer: the last turn, or `answer` in its place or after the user's turn.

    Raises DataError unless the answer follows a turn of the user's or of a tool.
    """
    *before, last = turns
    ends = last["role"] == "assistant"
    if answer is None and not ends:
        raise DataError(
            "a conversation must end with the assistant's turn",
            value=last["role"],
            hint="Or write `answer:`, which then answers the last turn.",
        )
    asked = before if ends else [*turns]
    if not asked or asked[-1]["role"] not in ("user", "tool"):
        raise DataError(
            "an answer must follow a turn of the user's", value=asked[-1]["role"] if asked else "no turn before it"
        )
    return tuple(asked), last["content"] if answer is None else answer


def _said(role: str, texts: Sequence[str]) -> list[Turn]:
    return [{"role": role, "content": "\n\n".join(texts)}] if texts else []


def _turns(column: str, value: Any) -> list[Turn]:
    if not isinstance(value, list) or not value:
        raise DataError(f"column {column!r} must hold a conversation", value=value, hint=FORMS)
    return [_turn(f"{column}[{number}]", turn) for number, turn in enumerate(value)]


def _turn(place: str, value: Any) -> Turn:
    """One turn with `role` and `content`. Keys that hold nothing are left out: Parquet fills them in."""
    known = {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else {}
    if "role" not in known and "from" in known:
        speaker, content = known.pop("from"), known.pop("value", None)
        known = {"role": SHAREGPT.get(speaker, speaker), "content": content, **known}
    if "role" not in known:
        raise DataError(f"{place} must be a turn", value=value, hint=FORMS)
    if known["role"] not in ROLES:
        raise DataError(f"{place}: a turn's role must be one of {', '.join(ROLES)}", value=known["role"])
    if not isinstance(known.get("content"), str):
        raise DataError(f"{place}: a turn's content must be text", value=known.get("content", "nothing"))
    return known


def shown(turns: Sequence[Turn]) -> str:
    """A conversation as text, for people and for what knows duplicates: its contents, one after the other."""
    return "\n".join(str(turn["content"]) for turn in turns)
