"""Multiple choice: the options of a row, which of them is right, and how each is said as an answer.

Options stand in one column (a list of texts; ARC's mapping of two lists, `text` and `label`; a list of such mappings)
or in a column each. What the answer's template names says which is right: by its text, its label or letter, or its
place counted from 0. Where these readings disagree the row is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from domains.errors import DataError, shorten
from domains.frozen import Frozen
from domains.templates import pieces, value_of

LETTERED = "lettered"
"""The field that a prompt may show them by: a line an option, ``A. …``."""
FORMS = "Known are a list of texts, one of mappings with `text`, and a mapping with a list `text` (also `label`)."
APART = "Where each has a column of its own, name them all: `options: [A, B, C, D]`."
NAMED = "It must be an option's text, its label or letter, or its place counted from 0."


class OptionForm(Frozen):
    """Where a domain's options stand, and how they are said."""

    columns: tuple[str, ...]
    answer: str
    """Template of the answer with one field, which names the right option; in its place each option is said."""
    letters: bool = False
    """Whether letters are said rather than texts."""


@dataclass(frozen=True)
class Options:
    """Those of one row, two or more."""

    texts: tuple[str, ...]
    bare: tuple[str, ...]
    """What is said of each, text or letter, without what the template has around it."""
    said: tuple[str, ...]
    """Each as an answer."""
    right: int


def options_of(form: OptionForm, row: Mapping[str, Any]) -> Options:
    """The options of a row. DataError, with the key `options` or `answer`, where there are none or none is right."""
    texts, labels, numeric = _read(form.columns, row)
    try:
        before, name, after = around(form.answer)
        right = _right(value_of(name, row), texts, labels, numeric=numeric)
    except DataError as error:
        raise error.located(key="answer") from None
    bare = tuple(ascii_uppercase[: len(texts)]) if form.letters else texts
    if len(bare) < len(texts):
        raise _bad(f"letters are there for {len(ascii_uppercase)} options", len(texts))
    return Options(texts, bare, tuple(before + one + after for one in bare), right)


def lettered(texts: Sequence[str]) -> str:
    """A line an option; those beyond the letters have numbers."""
    marks = [*ascii_uppercase, *map(str, range(len(ascii_uppercase) + 1, len(texts) + 1))]
    return "\n".join(f"{mark}. {text}" for mark, text in zip(marks, texts, strict=False))


def unshown(texts: Sequence[str], prompt: str) -> str | None:
    """The first option, as ``A. …``, that a prompt does not show right behind its letter; None where it shows all. What
    stands between the two, brackets, dots and blanks, does not matter."""
    said = " ".join(prompt.split())
    for letter, text in zip(ascii_uppercase, texts, strict=False):
        if not re.search(rf"(?<!\w){letter}\W{{1,6}}{re.escape(' '.join(text.split()))}", said):
            return f"{letter}. {text}"
    return None


def place_named(form: OptionForm, row: Mapping[str, Any]) -> tuple[int, int] | None:
    """The number by which a row names the right option's place, however it counts, and how many options there are.
    None where it names it otherwise, or cannot be read."""
    try:
        texts, labels, numeric = _read(form.columns, row)
        named = value_of(around(form.answer)[1], row)
    except DataError:
        return None
    text, found = _named(named, texts, labels, numeric=numeric)
    return (int(text), len(texts)) if not found and _is_place(text, labels) else None


def with_lettered(columns: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with `lettered`, unless it has a field of that name."""
    return {LETTERED: lettered(_read(columns, row)[0]), **row}


def around(template: str) -> tuple[str, str, str]:
    """What stands before the template's one field, its name, and what stands after it. DataError unless it has one."""
    parts = pieces(template)
    places = [at for at, (_, name, _) in enumerate(parts) if name is not None]
    if len(places) != 1:
        raise DataError("must hold one field, which names the right one of `options`", value=template)
    (at,) = places
    texts = [text for text, _, _ in parts]
    return "".join(texts[: at + 1]), parts[at][1] or "", "".join(texts[at + 1 :])


def _read(columns: Sequence[str], row: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...] | None, bool]:
    """Texts, the labels where the data have some, and whether the options were given as numbers."""
    try:
        values = [value_of(column, row) for column in columns]
    except DataError as error:
        raise error.located(key="options") from None
    if len(columns) == 1:
        given, labels = _of_column(values[0])
    else:
        # Items with fewer options than others leave their last columns empty.
        while values and values[-1] in (None, ""):
            values.pop()
        given, labels = values, None
    if any(one is None or isinstance(one, list | dict) for one in given):
        raise _bad("an option must be a text or a number", given, FORMS)
    texts = tuple(str(one).strip() for one in given)
    if not all(texts):
        raise _bad("an option must not be blank", given)
    if len(texts) < 2:
        raise _bad("a row must have at least two options", given)
    if twice := next((one for one in texts if texts.count(one) > 1), None):
        raise _bad("options must differ", twice)
    return texts, labels, not any(isinstance(one, str) for one in given)


def _of_column(value: Any) -> tuple[list[Any], tuple[str, ...] | None]:
    """Options, and their labels."""
    if isinstance(value, Mapping):
        given, labels = value.get("text"), value.get("label")
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        given, labels = [one.get("text") for one in value], [one.get("label") for one in value]
    else:
        given, labels = value, None
    if not isinstance(given, list):
        raise _bad("must hold a list of options", value, APART if isinstance(value, str) else FORMS)
    if not isinstance(labels, list) or any(one is None for one in labels):
        return given, None
    named = tuple(str(one).strip() for one in labels)
    if len(set(named)) < len(named) or len(named) != len(given):
        raise _bad("each option must have a label of its own", value)
    return given, named


def _right(named: Any, texts: tuple[str, ...], labels: tuple[str, ...] | None, *, numeric: bool) -> int:
    """Place of the right option."""
    text, found = _named(named, texts, labels, numeric=numeric)
    if _is_place(text, labels) and int(text) < len(texts):
        found.add(int(text))
    if not found:
        hint = f"{NAMED} Options are: {shorten(list(texts), 200)}."
        raise DataError("the answer is none of the options", value=named, hint=hint)
    if len(found) > 1:
        first, second = (texts[at] for at in sorted(found)[:2])
        hint = "Name it by a letter, or write the place as a number without quotes."
        raise DataError(f"the answer names two options, {first!r} and {second!r}", value=named, hint=hint)
    return found.pop()


def _named(
    named: Any, texts: tuple[str, ...], labels: tuple[str, ...] | None, *, numeric: bool
) -> tuple[str, set[int]]:
    """What names the right option, as text, and places of the options that it names by text, label or letter. A number
    that names options given as text is no text of theirs."""
    number = isinstance(named, int | float) and not isinstance(named, bool)
    text = str(int(named) if isinstance(named, float) and named.is_integer() else named).strip()
    marks = labels or tuple(ascii_uppercase[: len(texts)])
    found = {texts.index(text)} if text in texts and (numeric or not number) else set[int]()
    return text, found | ({marks.index(text)} if text in marks else set())


def _is_place(text: str, labels: tuple[str, ...] | None) -> bool:
    """Labels like 1 to 4 say themselves what a number means."""
    return text.isdecimal() and not any(mark.isdecimal() for mark in labels or ())


def _bad(rule: str, value: object, hint: str | None = None) -> DataError:
    return DataError(rule, key="options", value=value, hint=hint)
