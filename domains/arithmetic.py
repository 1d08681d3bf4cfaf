"""Exact arithmetic on a text that holds one expression: numbers, brackets and + − × ÷. Nothing is ever executed."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

LONGEST = 200
"""Characters beyond which a text is no sum that anybody writes."""
OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", ",": None})
"""Signs as people write them; commas stand between thousands."""
PLACES = 12
"""Decimals up to which a value can be written down."""
PLAIN = re.compile(r"[-+*/().\d ]*", re.ASCII)
"""All that is read: no letter, so that no ``1e999999999`` takes a gigabyte."""
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
SUM = rf"[-−(]{{0,4}}{NUMBER}\){{0,4}}(?:\s?[-+*/×·÷−]\s?[-−(]{{0,4}}{NUMBER}\){{0,4}}){{1,12}}"
"""Regular expression of what looks like a sum in a text."""
GOES_ON = re.compile(r"[\w)\]}%$][^\S\n]*[-+*/×·÷−][^\S\n]*\Z")


def value(text: str) -> Fraction | None:
    """What the expression comes to; None where it is none of this kind, or divides by zero."""
    plain = text.translate(SPELLINGS).strip()
    if len(plain) > LONGEST or not PLAIN.fullmatch(plain):
        return None
    try:
        return _of(ast.parse(plain, mode="eval").body, plain)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None


def alone(text: str, at: int) -> bool:
    """Whether what looks like a sum at this place is a whole one: of ``5 apples + 3 + 4`` the last part is none."""
    return GOES_ON.search(text[text.rfind("\n", 0, at) + 1 : at]) is None


def closed(text: str) -> str:
    """A sum without the brackets in front that it does not close: those of a remark that it stands in."""
    while text.startswith("(") and text.count("(") > text.count(")"):
        text = text[1:]
    return text


def written(exact: Fraction) -> str | None:
    """In digits: ``36``, ``-2.5``; None where they never end, or go beyond `PLACES`."""
    scaled = exact * 10**PLACES
    if scaled.denominator != 1:
        return None
    digits = format(Decimal(scaled.numerator).scaleb(-PLACES), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _of(node: ast.expr, text: str) -> Fraction:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_of(node.left, text), _of(node.right, text))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _of(node.operand, text)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        # By its text: a float is not what stands there.
        return Fraction(ast.get_source_segment(text, node) or "")
    raise ValueError("neither a number nor one of + - * /")
