"""YAML 1.2's core schema for PyYAML, with the line of every key.

PyYAML follows YAML 1.1, where `no`, `on` and `yes` are booleans and `1e-3` is text. Here they are what they
look like: text, and a number. Anchors, tags, duplicate keys and second documents are refused: a curriculum
needs none of them, and each hides a mistake or an attack.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import yaml

from curricula.problem import KeyPath, dotted
from curricula.yaml_hints import QUOTES, syntax_place
from domains.errors import CurriculumError

MAX_DEPTH = 24
MAX_VALUES = 10_000
PREFIX = "tag:yaml.org,2002:"
SCALARS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """PyYAML's table: first character → the (tag, expression) pairs to try."""
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name, (expression, firsts) in SCALARS.items():
        for first in firsts:
            table.setdefault(first, []).append((PREFIX + name, re.compile(f"(?:{expression})\\Z")))
    return table


class CoreDumper(yaml.SafeDumper):
    """Writes what `parse` reads back; never anchors."""

    yaml_implicit_resolvers = _resolvers()

    def ignore_aliases(self, data: object) -> bool:
        """Write equal objects out each time."""
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Escape Unicode's own line breaks, which PyYAML folds into spaces inside plain quotes."""
        style = '"' if any(mark in text for mark in "\x85\u2028\u2029") else None
        return self.represent_scalar(PREFIX + "str", text, style=style)


CoreDumper.add_representer(str, CoreDumper.represent_text)


class CoreLoader(yaml.SafeLoader):
    """Composes nodes only; refuses what a curriculum does not need before it can grow."""

    yaml_implicit_resolvers = _resolvers()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node, after the checks that bound depth, size and expansion."""
        event: yaml.NodeEvent = self.peek_event()  # type: ignore[no-untyped-call]
        self._depth += 1
        self._values += 1
        if finding := self._refusal(event):
            raise finding
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _refusal(self, event: yaml.NodeEvent) -> CurriculumError | None:
        line = event.start_mark.line + 1 if event.start_mark else None
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            return CurriculumError(
                "anchors and aliases are not allowed",
                line=line,
                value=f"{sign}{event.anchor}",
                hint=f"Write the value out where it is used; text that starts with {sign} {QUOTES}.",
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            hint = f"Leave it out; text that starts with ! {QUOTES}."
            return CurriculumError("YAML tags are not allowed", line=line, value=tag, hint=hint)
        if self._depth > MAX_DEPTH:
            return CurriculumError(f"must not be nested deeper than {MAX_DEPTH} levels", line=line)
        if self._values > MAX_VALUES:
            return CurriculumError(f"must not hold more than {MAX_VALUES:,} keys and values", line=line)
        return None


@dataclass
class Document:
    """Plain data, and the (line, column) of every key path; both count from 1."""

    data: object = None
    places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    comments: dict[KeyPath, str] = field(default_factory=dict)
    """What stands as a comment behind an unquoted value, or where a value is missing, on the same line."""

    def place(self, keys: KeyPath) -> tuple[int, int]:
        """Where `keys` stand, or the nearest key above them that is written."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, (1, 1))


def parse(text: str) -> Document:
    """Read one YAML document.

    Raises CurriculumError with its line (and without a file) for broken syntax, duplicate keys, anchors,
    tags, several documents, and numbers that are not finite.
    """
    try:
        loader = CoreLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise CurriculumError("must not hold this character", line=line, value=chr(error.character)) from None
    document = Document()
    try:
        root = loader.get_single_node()
        if root is not None:
            document.data = _build(root, (), document)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text) from None
    finally:
        loader.dispose()
    return document


def _syntax_error(error: yaml.MarkedYAMLError, text: str) -> CurriculumError:
    line, hint = syntax_place(error, text)
    if error.context and "single document" in error.context:
        return CurriculumError("must be one YAML document", line=line, hint="Remove the '---' and what follows.")
    return CurriculumError(
        f"this is not valid YAML: {error.problem or error.context or 'unreadable'}", line=line, hint=hint
    )


def _build(node: yaml.Node, keys: KeyPath, document: Document) -> object:
    document.places.setdefault(keys, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, keys, document)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*keys, position), document) for position, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    if comment := _comment(node):
        document.comments[keys] = comment
    return _scalar(node, keys)


def _comment(node: yaml.ScalarNode) -> str:
    """The comment behind an unquoted value on its line; "" where there is none."""
    mark = node.end_mark
    if node.style is not None or mark is None or mark.buffer is None:
        return ""
    rest = mark.buffer[mark.pointer :].split("\n", 1)[0].strip("\0\r ")
    return rest if rest.startswith("#") else ""


def _mapping(node: yaml.MappingNode, keys: KeyPath, document: Document) -> dict[str, object]:
    built: dict[str, object] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise CurriculumError("a key must be text", line=line, key=dotted(keys))
        path = (*keys, str(key.value))
        if key.value in built:
            raise CurriculumError(
                f"is written twice, first on line {document.places[path][0]}",
                line=line,
                key=dotted(path),
                hint="Keep one of the two.",
            )
        document.places[path] = (line, key.start_mark.column + 1)
        built[str(key.value)] = _build(value, path, document)
    return built


def _scalar(node: yaml.ScalarNode, keys: KeyPath) -> object:
    text, kind = str(node.value), node.tag.removeprefix(PREFIX)
    if any("\ud800" <= character <= "\udfff" for character in text):
        line = node.start_mark.line + 1
        raise CurriculumError(
            "text must be whole characters, without half surrogate pairs", line=line, key=dotted(keys)
        )
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float"):
        return _number(text, kind, node.start_mark.line + 1, keys)
    return text


def _number(text: str, kind: str, line: int, keys: KeyPath) -> int | float:
    if kind == "int" and len(text) <= 18:
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    number = float(text.replace(".inf", "inf").replace(".nan", "nan")) if kind == "float" else math.inf
    if not math.isfinite(number):
        raise CurriculumError("a number must be finite and of sensible size", line=line, key=dotted(keys), value=text)
    return number
