"""What a person sets on the command line in place of what the file says: ``--set training.steps=20``."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass

from curricula.problem import KeyPath, dotted, value_at
from curricula.yaml_core import Document, parse
from curricula.yaml_hints import COMMENT_HINT
from domains.errors import CurriculumError
from domains.suggest import did_you_mean

OPTION = "--set"
KEY = re.compile(r"[^.\[\]\s]+(\.[^.\[\]\s]+|\[[0-9]{1,6}\])*")
STEP = re.compile(r"\[(?P<index>[0-9]+)\]|(?P<key>[^.\[\]]+)")
EXAMPLE = f"For example: {OPTION} training.steps=20, or {OPTION} domains.sums.rewards[0].weight=2."


@dataclass(frozen=True)
class Override:
    """One value in place of the file's, or beside what it says."""

    keys: KeyPath
    value: object
    """Plain data, read as YAML."""

    @property
    def place(self) -> str:
        """What stands in errors where a file's values have their file and line: ``--set training.steps``."""
        return f"{OPTION} {dotted(self.keys)}"


@dataclass(frozen=True)
class Overridden:
    """A file's document with all overrides in it."""

    document: Document
    reach: tuple[tuple[KeyPath, Override], ...] = ()
    """What each override wrote: its own keys, or the first of them that the file does not have. Later ones go first."""

    def owner(self, keys: KeyPath) -> Override | None:
        """The override that wrote what stands at `keys`, or an entry of the list there; None where it is the file's."""
        for top, override in self.reach:
            entry = isinstance(top[-1], int) and keys == top[:-1]
            if entry or keys[: len(top)] == top:
                return override
        return None

    def owner_of(self, key: str) -> Override | None:
        """The same for a key as errors name it, e.g. ``domains.sums.rewards[0]``; such a key may be longer."""
        for top, override in self.reach:
            name = dotted(top)
            if key == name or key.startswith((f"{name}.", f"{name}[")):
                return override
        return None


def read_override(text: str) -> Override:
    """``KEY=VALUE`` as it is typed. CurriculumError where it is none, or its value is not YAML."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise CurriculumError("must be KEY=VALUE", key=OPTION, value=text, hint=EXAMPLE)
    if not KEY.fullmatch(name):
        raise CurriculumError("a key must be names with dots between", key=OPTION, value=name, hint=EXAMPLE)
    keys = tuple(int(step["index"]) if step["index"] else step["key"] for step in STEP.finditer(name))
    where = f"{OPTION} {dotted(keys)}"
    try:
        read = parse(value)
    except CurriculumError as error:
        # Its line is of no use to who typed one.
        raise CurriculumError(error.rule, file=where, key=error.key, value=error.value, hint=error.hint) from None
    if read.comments:
        raise CurriculumError("is cut off by a comment", file=where, value=value, hint=COMMENT_HINT)
    return Override(keys, read.data)


def overridden(document: Document, overrides: Sequence[Override]) -> Overridden:
    """`document` with each override put in, one after the other; the later of two for one key stands.

    A mapping that is not there is made. CurriculumError for a list that is not there or too short.
    """
    made = Document(copy.deepcopy(document.data), dict(document.places), dict(document.comments))
    reach: tuple[tuple[KeyPath, Override], ...] = ()
    for override in overrides:
        reach = ((_put(made, override), override), *reach)
    for override in overrides:
        _check_domain(document, made, override)
    return Overridden(made, reach)


def _check_domain(document: Document, made: Document, override: Override) -> None:
    """What is set of a domain that the file does not have, and that no option defines, is a slip of the keyboard."""
    if override.keys[:1] != ("domains",) or len(override.keys) < 3:
        return
    name = str(override.keys[1])
    known, found = value_at(document.data, ("domains",)), value_at(made.data, override.keys[:2])
    if isinstance(known, dict) and name not in known and not (isinstance(found, dict) and "source" in found):
        hint = did_you_mean(name, map(str, known), name="Domains are")
        raise CurriculumError("the file has no domain of this name", file=override.place, value=name, hint=hint)


def put(data: object, keys: KeyPath, value: object) -> None:
    """Replace what stands at `keys`, which must be there."""
    parent = value_at(data, keys[:-1])
    assert isinstance(parent, dict | list)
    parent[keys[-1]] = value  # type: ignore[index]


def _put(document: Document, override: Override) -> KeyPath:
    """Write one override; the first of its keys that is new, or all of them."""
    if not isinstance(document.data, dict):
        document.data = {}
    here: object = document.data
    top: KeyPath | None = None
    for position, key in enumerate(override.keys):
        path = override.keys[: position + 1]
        _check_entry(here, key, path, override)
        assert isinstance(here, dict | list)
        last = position == len(override.keys) - 1
        known = isinstance(here, list) or key in here
        top = top or (None if known else path)
        if last:
            here[key] = copy.deepcopy(override.value)  # type: ignore[index]
        elif not known or not isinstance(here[key], dict | list):  # type: ignore[index]
            top = top or path
            here[key] = {}  # type: ignore[index]
        here = here[key]  # type: ignore[index]
    top = top or override.keys
    for table in (document.places, document.comments):
        for keys in [keys for keys in table if keys[: len(top)] == top and keys != top]:
            del table[keys]
    return top


def _check_entry(here: object, key: str | int, path: KeyPath, override: Override) -> None:
    """A number is for lists alone, and a list grows by nothing."""
    parent = dotted(path[:-1])
    if isinstance(here, list) and not isinstance(key, int):
        raise CurriculumError(
            f"{parent} is a list", file=override.place, hint=f"Name its entry by a number, e.g. {parent}[0]."
        )
    if isinstance(key, int) and not isinstance(here, list):
        raise CurriculumError(
            f"the file has no list at {parent}", file=override.place, hint=f"Set all of it: {OPTION} {parent}=[…]."
        )
    if isinstance(here, list) and isinstance(key, int) and key >= len(here):
        few = f"{len(here)} entr{'y' if len(here) == 1 else 'ies'}, and the first has the number 0"
        raise CurriculumError(f"{parent} has {few}", file=override.place, value=key)
