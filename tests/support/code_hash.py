"""A hash of the code that a function of ours reaches, blind to comments, docstrings, layout and error messages."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT

Name = tuple[str, str]
"""Module, name."""


def code_hash(module: str, name: str, without: Collection[str] = (), within: tuple[str, ...] = ("domains",)) -> str:
    """SHA-256 of `name`'s definition and of every definition that it names, directly or not, in the packages and
    modules of `within`.

    Names in `without` are not followed.
    """
    seen: dict[Name, ast.AST] = {}
    waiting = [(module, name)]
    while waiting:
        one = waiting.pop()
        if one in seen or one[1] in without:
            continue
        found = _definition(*one, within)
        if isinstance(found, ast.AST):
            seen[one] = found
            waiting += [(one[0], used) for used in _used(found)]
        elif found is not None:
            waiting.append(found)
    content = [[*one, _plain(node)] for one, node in sorted(seen.items(), key=lambda item: item[0])]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _used(node: ast.AST) -> Iterator[str]:
    """Names outside errors that are raised: what an error says decides no score."""
    if isinstance(node, ast.Raise):
        return
    if isinstance(node, ast.Name):
        yield node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield f"{node.value.id}.{node.attr}"
    for each in ast.iter_child_nodes(node):
        yield from _used(each)


def _definition(module: str, name: str, within: tuple[str, ...]) -> ast.AST | Name | None:
    """What defines the name at the module's top level: its node, or the name in another module of `within`."""
    first, _, attribute = name.partition(".")
    nodes, imports = _top(module, within)
    if attribute and first in imports:
        return (".".join(imports[first]), attribute) if _file(".".join(imports[first])) else None
    return nodes.get(name) or imports.get(name)


@cache
def _top(module: str, within: tuple[str, ...] = ("domains",)) -> tuple[dict[str, ast.AST], dict[str, Name]]:
    nodes: dict[str, ast.AST] = {}
    imports: dict[str, Name] = {}
    dotted = tuple(f"{package}." for package in within)
    file = _file(module)
    for node in ast.parse(file.read_text(encoding="utf-8")).body if file else []:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            nodes[node.name] = node
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            nodes |= {target.id: node for target in targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.ImportFrom) and node.module and f"{node.module}.".startswith(dotted):
            imports |= {each.asname or each.name: (node.module, each.name) for each in node.names}
    return nodes, imports


def _file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def _plain(value: object) -> object:
    """The node as lists and text. Empty fields are left out: they differ between versions of Python."""
    if isinstance(value, list):
        return [_plain(each) for each in value if not _is_text(each)]
    if isinstance(value, ast.Raise):
        return "Raise"
    if isinstance(value, ast.AST):
        fields = ((name, _plain(each)) for name, each in ast.iter_fields(value) if each is not None)
        return [type(value).__name__, *([name, each] for name, each in fields if each != [])]
    return repr(value)


def _is_text(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
