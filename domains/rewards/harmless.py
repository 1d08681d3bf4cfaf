"""What a scorer of reasoning-gym may evaluate: some hand the model's text to `eval`, or to sympy, which does the same.

A model that wrote ``__import__("os").system(…)`` had it run, and ``9**9**9`` never came to an end
(reasoning-gym 0.1.25). Only text that can do nothing of the kind is handed on.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

LITERALS = frozenset({"binary_matrix", "n_queens", "spiral_matrix", "string_insertion"})
"""Tasks that call `eval` to read a list."""
ELEMENTARY = frozenset(
    {"sqrt", "exp", "log", "ln", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"}
)
FORMULAS: dict[str, frozenset[str]] = {
    "countdown": frozenset(),
    "puzzle24": frozenset(),
    "polynomial_multiplication": frozenset(),
    "simple_integration": ELEMENTARY,
    "intermediate_integration": ELEMENTARY,
}
"""Tasks that call sympy's `parse_expr`, which evaluates, and the functions that an answer may hold.

``Integral(…)`` is none of them: as an answer to "integrate …" it would be the question again, and right.
"""
SYNTAX = (
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.UAdd, ast.USub),
    ast.Load,
)
LARGEST = 10**12
STEEPEST = 99
"""Largest number in an exponent."""
POWERS = 2
"""Powers within one another, of which none may stand in an exponent."""
LONGEST = 2000
"""Characters of a formula."""


def harmless(task: str, text: str) -> bool:
    """Whether the task's scorer may see `text`. Never raises."""
    if task in LITERALS:
        return _is_literal(text)
    return task not in FORMULAS or _is_formula(text, FORMULAS[task])


def _is_literal(text: str) -> bool:
    """A literal, a word, or nothing that Python could run at all, such as a matrix in plain digits."""
    try:
        ast.literal_eval(text)
    except SyntaxError:
        return True
    except (ValueError, TypeError, MemoryError, RecursionError):
        return text.isidentifier()
    return True


def _is_formula(text: str, functions: Collection[str]) -> bool:
    """Numbers, letters, the four operations, modest powers and `functions`; anything else is not."""
    if len(text) > LONGEST:
        return False
    try:
        tree = ast.parse(text, mode="eval").body
        nodes = list(ast.walk(tree))
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        known = all(_is_known(node, functions if id(node) in called else None) for node in nodes)
        return known and _powers(tree) <= POWERS
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _is_known(node: ast.AST, functions: Collection[str] | None) -> bool:
    """`functions` where the node is called, else None."""
    match node:
        case ast.Constant(value=value):
            return _is_number(value, LARGEST)
        case ast.Name(id=name):
            return len(name) == 1 or name == "pi" if functions is None else name in functions
        case ast.Call(func=ast.Name(), args=[_], keywords=[]):
            return True
        case ast.BinOp(op=ast.Pow(), right=exponent):
            return all(_is_gentle(part) for part in ast.walk(exponent))
    return isinstance(node, SYNTAX)


def _is_gentle(part: ast.AST) -> bool:
    return not isinstance(part, ast.Pow) and (not isinstance(part, ast.Constant) or _is_number(part.value, STEEPEST))


def _is_number(value: object, largest: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value <= largest


def _powers(node: ast.AST) -> int:
    """The most powers that stand within one another."""
    return isinstance(getattr(node, "op", None), ast.Pow) + max(map(_powers, ast.iter_child_nodes(node)), default=0)
