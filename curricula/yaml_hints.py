"""What a person most likely meant where PyYAML's scanner or parser stumbles."""

from __future__ import annotations

import re

import yaml

QUOTES = "must stand in quotes"
COMMENT = re.compile(r"(?:^|[\s\[{,])#")
VALUE = re.compile(r"^\s*(?:-\s+)*(?:[\w.-]+\s*:\s+|-\s+)(?P<text>\S.*)$")
"""A line's value after its key or dash."""
UNSURE = "Look at this line and the one before."
SPECIAL = "{[*&!|>%@`"
STARTS = {"sequence entries are not allowed": "-", "mapping keys are not allowed": "?"}
COMMENT_HINT = f"What follows ' #' is a comment: text that holds it {QUOTES}."
COLON_HINT = f"Text that holds ': ' {QUOTES}."
SPACE_HINT = "A key and its value need a colon and a space between."
PLAIN_HINTS = {
    "mapping values are not allowed": COLON_HINT,
    "could not find expected ':'": SPACE_HINT,
    "unknown escape": "Within double quotes \\ begins an escape: take single quotes.",
    "expected <block end>": "Keys of one mapping must be indented alike.",
    "expected ',' or": "A bracket is not closed.",
    "but found '<stream end>'": "A bracket is not closed.",
    "<document start>": "A file holds one mapping. JSON lines are data: name their file in a domain's `source`.",
}


def syntax_place(error: yaml.MarkedYAMLError, text: str) -> tuple[int | None, str]:
    """The line to look at, from 1, and the hint."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None, ""
    problem, context = error.problem or "", error.context or ""
    if "quoted scalar" in context and "end of stream" in problem and error.context_mark:
        return error.context_mark.line + 1, "A quote is not closed."
    lines = text.splitlines()
    if "',' or" in problem and error.context_mark:
        opened = error.context_mark.line
        for number in range(opened, min(mark.line + 1, len(lines))):
            if COMMENT.search(lines[number]):
                return number + 1, f"A bracket is not closed. {COMMENT_HINT}"
        if "stream end" in problem:
            return opened + 1, "A bracket is not closed."
    line = lines[mark.line] if mark.line < len(lines) else ""
    return mark.line + 1, _hint(problem, lines[: mark.line], line, mark.column)


def _hint(problem: str, before: list[str], line: str, column: int) -> str:
    if "\\t" in problem:
        return _tab(line, column)
    if "mapping values" in problem and ":" not in line[:column]:
        return _second_value(before, line)
    found = VALUE.match(line)
    first = found["text"][0] if found else ""
    if first in ("'", '"') and "block end" in problem:
        return "All of a text stands within its quotes."
    starts = next((sign for part, sign in STARTS.items() if part in problem), "")
    if not starts and first and first in SPECIAL and not ("',' or" in problem or "escape" in problem):
        starts = first
    if starts:
        return f"Text that starts with {starts} {QUOTES}."
    return next(
        (hint for part, hint in PLAIN_HINTS.items() if part in problem), "Look at this line and the one before."
    )


def _tab(line: str, column: int) -> str:
    if not line[column:].strip():
        return "Remove the tab at the line's end."
    return "Write a space in place of the tab." if line[:column].strip() else "Indent with spaces, not tabs."


def _second_value(before: list[str], line: str) -> str:
    """A key where a value was still going on: what is wrong is on the line before."""
    above = before[-1] if before else ""
    if _indent(line) > _indent(above):
        return "The line before has a value already: indent this one like it, or put text over several lines in quotes."
    return f"Look at the line before: {SPACE_HINT.removesuffix('.').lower()}." if before else COLON_HINT


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
