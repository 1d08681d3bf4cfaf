"""Which rows to keep: ``lang == 'en' and len(question) < 2000 and 'http' not in answer``.

The text is parsed as a Python expression and only what is listed here is understood; nothing is ever evaluated by
Python itself, so that a filter can reach nothing but the row.

=============  =====================================================================
values         fields by name (``row['any name']`` for others), text, numbers, lists, True, False, None
comparisons    ``== != < <= > >= in``, ``not in``, ``is None``, ``is not None``, chains
logic          ``and or not``
arithmetic     ``+ - * / // %`` of numbers, ``+`` of texts
functions      ``len``, ``lower``, ``number`` (text as a number), as in ``number(score) > 0.5``
texts          ``.startswith(…) .endswith(…)``; "contains" is ``'x' in field``
entries        ``messages[0]['role']``
=============  =====================================================================
"""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from domains.errors import DataError
from domains.sources.pool import Bad, Located, uncounted
from domains.suggest import did_you_mean

Row = Mapping[str, Any]
Term = Callable[[Row], Any]
ROW = "row"
LONGEST = 2000
"""Characters of a filter. Python's parser gives up far above that."""
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
SINGLE, QUOTED = re.compile(r"(?<![=!<>:])=(?!=)"), re.compile(r"'[^']*'|\"[^\"]*\"")
"""A `=` that compares nothing, and text in which one may stand."""
METHODS: dict[str, Callable[[str, str], bool]] = {"startswith": str.startswith, "endswith": str.endswith}


class FilterError(ValueError):
    """What a filter may not say, or what it cannot say of a row."""


def _number(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise FilterError(f"number() takes text that is a number, got {value!r:.40}") from None
    if not math.isfinite(found):
        raise FilterError(f"number() takes text that is a finite number, got {value!r:.40}")
    return found


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "len": len,
    "lower": lambda text: _text(text).casefold(),
    "number": _number,
}


def compiled(text: str) -> Term:
    """The filter as a function of a row. FilterError, with the piece at fault, for what is not understood."""
    if len(text) > LONGEST:
        raise FilterError(f"must be at most {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            # Escapes that Python only warns of are as good as text.
            warnings.simplefilter("ignore")
            tree = ast.parse(" ".join(text.split("\n")).strip(), mode="eval")
        return _term(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, FilterError):
            raise
        why = getattr(error, "msg", None) or type(error).__name__
        if SINGLE.search(QUOTED.sub("", text)):
            why = "to compare, write `==`"
        raise FilterError(f"must be an expression over the row's fields ({why})") from None


def filtered(
    rows: Iterable[Located], text: str, bad: Bad, left_out: Callable[[], None] = uncounted
) -> Iterator[Located]:
    """The rows for which the filter holds. A row that it cannot be asked of is a bad one."""
    keeps = compiled(text)
    for located in rows:
        try:
            keep = keeps(located.row)
            if not isinstance(keep, bool):
                raise FilterError(f"must be true or false of every row, got {keep!r:.40}")
        except (FilterError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            if isinstance(error, MissingFieldError):
                hint = did_you_mean(error.field, located.row, name="Fields are")
                bad(
                    DataError(
                        "the data have no such field",
                        file=located.place,
                        key="source.filter",
                        value=error.field,
                        hint=hint,
                    )
                )
                continue
            why = str(error) or type(error).__name__
            bad(DataError(f"cannot be asked of this row ({why})", file=located.place, key="source.filter", value=text))
            continue
        if keep:
            yield located
        else:
            left_out()


class MissingFieldError(FilterError):
    """A field that a row lacks."""

    def __init__(self, field: str) -> None:
        super().__init__(f"no field {field!r}")
        self.field = field


def _term(node: ast.expr) -> Term:
    """One node as a function of the row."""
    build = BUILDERS.get(type(node))
    if build is None:
        raise FilterError(
            f"may hold comparisons, and, or, not, in, len() and arithmetic, not {ast.unparse(node)!r:.60}"
        )
    return build(node)


def _constant(node: Any) -> Term:
    value = node.value
    if not (value is None or isinstance(value, bool | int | float | str)):
        raise FilterError(f"may hold text and numbers, not {ast.unparse(node)!r:.60}")
    return lambda row: value


def _field(name: str) -> Term:
    def value(row: Row) -> Any:
        if name not in row:
            raise MissingFieldError(name)
        return row[name]

    return value


def _name(node: Any) -> Term:
    return (lambda row: row) if node.id == ROW else _field(node.id)


def _list(node: Any) -> Term:
    terms = [_term(item) for item in node.elts]
    return lambda row: [term(row) for term in terms]


def _logic(node: Any) -> Term:
    terms, stops = [_truth(value) for value in node.values], isinstance(node.op, ast.Or)

    def value(row: Row) -> bool:
        return any(term(row) for term in terms) if stops else all(term(row) for term in terms)

    return value


def _truth(node: ast.expr) -> Term:
    """A term that must be true or false: ``a and b`` of texts is more often a slip than meant."""
    term, written = _term(node), ast.unparse(node)

    def value(row: Row) -> bool:
        found = term(row)
        if not isinstance(found, bool):
            raise FilterError(f"{written:.40} must be true or false, got {found!r:.40}")
        return found

    return value


def _unary(node: Any) -> Term:
    if isinstance(node.op, ast.Not):
        truth = _truth(node.operand)
        return lambda row: not truth(row)
    if isinstance(node.op, ast.USub):
        term = _term(node.operand)
        return lambda row: -term(row)
    raise FilterError(f"does not know {ast.unparse(node)!r:.60}")


def _arithmetic(node: Any) -> Term:
    operation = ARITHMETIC.get(type(node.op))
    if operation is None:
        raise FilterError(f"does not know {ast.unparse(node)!r:.60}")
    one, other = _term(node.left), _term(node.right)
    texts = isinstance(node.op, ast.Add)

    def value(row: Row) -> Any:
        left, right = one(row), other(row)
        if not (_is_number(left) and _is_number(right)) and not (
            texts and isinstance(left, str) and isinstance(right, str)
        ):
            # Text times a number could fill the memory, and text % anything is a language of its own.
            raise FilterError(f"{ast.unparse(node):.40} is not of two numbers")
        return operation(left, right)

    return value


def _compare(node: Any) -> Term:
    first = _term(node.left)
    rest = [(COMPARISONS[type(op)], _term(other)) for op, other in zip(node.ops, node.comparators, strict=True)]
    for op, other in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.Is | ast.IsNot) and not (isinstance(other, ast.Constant) and other.value is None):
            raise FilterError("`is` is for None only; write ==")

    def value(row: Row) -> bool:
        left = first(row)
        for holds, term in rest:
            right = term(row)
            if not holds(left, right):
                return False
            left = right
        return True

    return value


def _call(node: Any) -> Term:
    if node.keywords or len(node.args) != 1:
        raise FilterError(f"functions take one value, got {ast.unparse(node)!r:.60}")
    argument = _term(node.args[0])
    if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        function = FUNCTIONS[node.func.id]
        return lambda row: function(argument(row))
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        owner, method = _term(node.func.value), METHODS[node.func.attr]
        return lambda row: method(_text(owner(row)), _text(argument(row)))
    known = [*FUNCTIONS, *(f".{name}" for name in METHODS)]
    raise FilterError(f"functions are {', '.join(known)}, got {ast.unparse(node)!r:.60}")


def _entry(node: Any) -> Term:
    owner, place = _term(node.value), _term(node.slice)

    def value(row: Row) -> Any:
        found, at = owner(row), place(row)
        if found is row and isinstance(at, str) and at not in row:
            raise MissingFieldError(at)
        if not isinstance(found, list | dict):
            raise FilterError(f"{ast.unparse(node.value):.40} is no list or mapping")
        return found[at]

    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise FilterError(f"must be text, got {value!r:.40}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


BUILDERS: dict[type[ast.expr], Callable[[Any], Term]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _list,
    ast.BoolOp: _logic,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Compare: _compare,
    ast.Call: _call,
    ast.Subscript: _entry,
}
