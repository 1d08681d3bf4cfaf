"""What of a test's source is a case: each is passed or not, and together they are all there is to pass."""

from __future__ import annotations

import ast

SETTING = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Pass,
)
"""Statements at the top that are no case: a failure in one of them shows in the cases that need it."""


def statements(tests: str) -> list[tuple[ast.stmt, bool]]:
    """The statements at the top of `tests`, and whether each is a case. Raises SyntaxError or ValueError."""
    return [(each, not (isinstance(each, SETTING) or _is_text(each))) for each in ast.parse(tests, "tests.py").body]


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
