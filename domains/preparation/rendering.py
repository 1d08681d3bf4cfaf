"""From a row of fields to an item, as a domain's templates say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domains.conversations import Turn, conversation_of, shown, split_answer
from domains.errors import DataError
from domains.example import Example
from domains.options import Options, options_of, unshown, with_lettered
from domains.spec import DomainSpec
from domains.templates import fields_of, filled, full_fields, render

Row = Mapping[str, Any]
NO_ANSWERS = "Are there only prompts? Write `answer: false`, and train by grpo with rewards that need no answers."
SPARED = ("id", "index", "source", "split", "prompt", "answer")
"""Fields that are hardly what was forgotten to be named."""


def item_of(spec: DomainSpec, row: Row, place: str | None = None) -> Example:
    """The item that a row makes. Raises DataError with `place` (``file:line``) and the key at fault."""
    turns, given, answer = _conversation(spec, row, place)
    if spec.letters:
        _check_shown(spec, row, shown(turns), place)
    reference = answer if spec.reference is None else _rendered(spec.reference, row, "reference", place)
    if held := next((stop for stop in spec.stop if stop in answer), None):
        raise DataError(
            f"an answer must not hold a text of `stop` ({held!r}), where completions are cut",
            file=place,
            key="stop",
            value=answer,
        )
    return Example(
        prompt=shown(turns),
        answer=answer,
        reference=reference,
        turns=() if len(turns) == 1 and not spec.messages else turns,
        given=given,
        plain=spec.chat == "off",
        fields=dict(row),
    )


def prompt_of(spec: DomainSpec, row: Row) -> str:
    """The item's prompt as text: what makes two rows the same item."""
    return shown(_conversation(spec, row, None)[0] if spec.messages else _asked(spec, row, None))


def contents_of(spec: DomainSpec, example: Example) -> tuple[list[str], list[str]]:
    """What is asked and what is told, without the templates' own words: the values that fill them in.

    Of a conversation its turns but for the system's.
    """
    if spec.messages:
        asked = [str(turn["content"]) for turn in example.turns if turn["role"] != "system"]
        return asked, [example.answer]
    asked = _filled(spec.prompt or "{prompt}", _shown(spec, example.fields))
    if spec.options:
        options = _options(spec, example.fields, None)
        return asked, [options.texts[options.right]]
    return asked, [] if spec.answer is False else _filled(spec.answer or "{answer}", example.fields)


def _filled(template: str, fields: Row) -> list[str]:
    return [value for value in filled(template, fields) if value]


def _conversation(spec: DomainSpec, row: Row, place: str | None) -> tuple[tuple[Turn, ...], int, str]:
    """The turns before the answer, how many of them are never imitated, and the answer."""
    if not spec.messages:
        return _asked(spec, row, place), 0, _answer(spec, row, place)
    written = None if spec.answer is None else _answer(spec, row, place)
    try:
        found, given = conversation_of(spec.columns, row)
        turns, answer = split_answer(found, written)
    except DataError as error:
        raise error.located(file=place, key="messages") from None
    if blank := next((turn for turn in turns if not turn["content"].strip()), None):
        raise DataError("a turn must not be blank", file=place, key="messages", value=blank)
    if not answer.strip() and spec.answer is not False:
        raise DataError("the answer must not be blank", file=place, key="messages", value=answer)
    system = () if turns[0]["role"] == "system" else _system(spec, row, place)
    return (*system, *turns), given and given + len(system), answer


def _answer(spec: DomainSpec, row: Row, place: str | None) -> str:
    """The answer by its template; "" where there are none."""
    if spec.answer is False:
        return ""
    try:
        if spec.options:
            options = _options(spec, row, place)
            return options.said[options.right]
        return _rendered(spec.answer or "{answer}", row, "answer", place)
    except DataError as error:
        if spec.answer or "answer" in row:
            raise
        told = _name_it("answer", row, fields_of(spec.prompt or "{prompt}"))
        raise error.advised(" ".join(filter(None, (told, NO_ANSWERS)))) from None


def _options(spec: DomainSpec, row: Row, place: str | None) -> Options:
    form = spec.option_form
    assert form is not None, "only domains with options have any"
    try:
        return options_of(form, row)
    except DataError as error:
        raise error.located(file=place) from None


def _check_shown(spec: DomainSpec, row: Row, prompt: str, place: str | None) -> None:
    """Who is to answer by a letter must see which option each of them is."""
    lacking = unshown(_options(spec, row, place).texts, prompt)
    if lacking is not None:
        raise DataError(
            "with `letters` a prompt must show every option behind its letter",
            file=place,
            key="messages" if spec.messages else "prompt",
            value=prompt,
            hint=f"It lacks {lacking!r}; the field {{lettered}} shows them.",
        )


def _shown(spec: DomainSpec, row: Row, place: str | None = None) -> Row:
    """What a prompt's template may fill in."""
    form = spec.option_form
    if form is None:
        return row
    try:
        return with_lettered(form.columns, row)
    except DataError as error:
        raise error.located(file=place) from None


def _name_it(key: str, row: Row, used: Sequence[str]) -> str:
    """How a template names a field, by the first text that is left; nothing where none is."""
    left = [name for name, value in row.items() if isinstance(value, str) and name not in (*used, *SPARED)]
    return f'Name the field that holds it, e.g. `{key}: "{{{left[0]}}}"`.' if left else ""


def _asked(spec: DomainSpec, row: Row, place: str | None) -> tuple[Turn, ...]:
    try:
        asked = _rendered(spec.prompt or "{prompt}", _shown(spec, row, place), "prompt", place)
    except DataError as error:
        told = "" if spec.prompt or "prompt" in row else _name_it("prompt", row, ())
        raise (error.advised(told) if told else error) from None
    return (*_system(spec, row, place), {"role": "user", "content": asked})


def _system(spec: DomainSpec, row: Row, place: str | None) -> tuple[Turn, ...]:
    if spec.system is None:
        return ()
    return ({"role": "system", "content": _rendered(spec.system, row, "system", place)},)


def _rendered(template: str, row: Row, key: str, place: str | None) -> str:
    try:
        text = render(template, row)
    except DataError as error:
        raise error.located(file=place, key=key) from None
    if not text.strip():
        raise DataError(f"the {key} must not be blank", file=place, key=key, value=text, hint=full_fields(row))
    return text
