"""The tests of a completion, which itself runs in another sandbox: what is asserted is computed here."""

from __future__ import annotations

import ast
import builtins
import os
import sys

from .cases import statements
from .confine import begin, silence
from .serve import COMPARISONS, OPERATORS
from .wire import Broken, Wire, decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class Asking:
    """Calls into the completion."""

    def __init__(self, wire: Wire, objects: bool) -> None:
        self.wire, self.objects = wire, objects
        self.given: list[Callable[..., Any]] = []
        """Functions of the tests that were handed to the completion."""

    def ask(self, act: str, *arguments: Any, **named: Any) -> Any:
        """What comes of an act, e.g. ``call``: plain data, or what stands for an object."""
        self.wire.send(
            {
                "act": act,
                "arguments": [encode(each, self.reference) for each in arguments],
                "named": {name: encode(each, self.reference) for name, each in named.items()},
            }
        )
        answer = self._answer()
        if "raised" in answer:
            raise _error(*answer["raised"])
        value = decode(answer["value"], self.thing)
        for before, after in zip(arguments[1:], answer["changed"], strict=True):
            if after is not None:
                _renew(before, decode(after, self.thing))
        return value

    def _answer(self) -> dict[str, Any]:
        """The answer; functions of the tests that are called meanwhile are run."""
        while True:
            message: dict[str, Any] = self.wire.receive()
            if "back" not in message:
                return message
            try:
                arguments = [decode(each, self.thing) for each in message["arguments"]]
                value = self.given[message["back"]](*arguments)
                self.wire.send({"value": encode(value, self.reference)})
            except Exception as error:
                self.wire.send({"raised": type(error).__name__})

    def reference(self, value: Any) -> Any:
        """What stands for a value that is not plain data on the completion's side."""
        if isinstance(value, Function):
            return object.__getattribute__(value, "_number")
        if not callable(value):
            raise TypeError(f"tests may hand over plain data and functions, not {type(value).__name__}")
        self.given.append(value)
        return {"back": len(self.given) - 1}

    def thing(self, number: Any) -> Any:
        """What stands for an object of the completion's."""
        if not self.objects:
            raise TypeError("the completion gave an object, and tests see plain data only")
        return Thing(self, number)


def _error(name: Any, text: Any) -> Exception:
    """An exception of the completion's as the built-in one of its name."""
    kind = getattr(builtins, str(name), None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return RuntimeError(f"{name}: {text}")
    try:
        return kind(str(text))
    except TypeError:
        return RuntimeError(f"{name}: {text}")


def _renew(before: Any, after: Any) -> None:
    """What a call did to a list, mapping or set that it was given."""
    if type(before) is not type(after):
        return
    if isinstance(before, list):
        before[:] = after
    elif isinstance(before, dict | set):
        before.clear()
        before.update(after)


class Function:
    """Something of the completion's that can be called."""

    def __init__(self, asking: Asking, number: int) -> None:
        object.__setattr__(self, "_asking", asking)
        object.__setattr__(self, "_number", number)

    def _ask(self, act: str, *arguments: Any, **named: Any) -> Any:
        asking: Asking = object.__getattribute__(self, "_asking")
        return asking.ask(act, self, *arguments, **named)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._ask("call", *arguments, **named)


class Thing(Function):
    """An object of the completion's. It is never equal to, nor more than, anything of the tests: those are computed
    here, and it may claim what it likes."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._ask("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("set", name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask("put", key, value)

    def __delitem__(self, key: Any) -> None:
        self._ask("drop", key)

    def __len__(self) -> int:
        return int(self._ask("len"))

    def __bool__(self) -> bool:
        return self._ask("truth") is True

    def __str__(self) -> str:
        return str(self._ask("text"))

    def __repr__(self) -> str:
        return str(self._ask("repr"))

    def __iter__(self) -> Iterator[Any]:
        """Its items, one by one; `in` compares them here."""
        items = self._ask("iter")
        while True:
            try:
                yield items._ask("next")
            except StopIteration:
                return

    def __hash__(self) -> int:
        return hash(object.__getattribute__(self, "_number"))


def _between(act: str) -> Callable[[Thing, Any], Any]:
    """An operator between two objects of the completion's."""

    def operator(self: Thing, other: Any) -> Any:
        if not isinstance(other, Thing):
            return NotImplemented
        value = self._ask(act, other)
        return value is True if act in COMPARISONS else value

    return operator


for _name in (*OPERATORS, *COMPARISONS):
    setattr(Thing, f"__{_name}__", _between(_name))


def _offered(asking: Asking) -> dict[str, Any]:
    """The completion's names. Those of Python's built-ins stay Python's: `all` may not be the completion's own."""

    def named(number: int) -> Any:
        return Thing(asking, number) if asking.objects else Function(asking, number)

    names = asking.wire.receive()
    return {
        name: decode(value, named)
        for name, value in names.items()
        if not hasattr(builtins, name) and not name.startswith("__")
    }


def main() -> None:
    """Run the job's tests and write a 1 for every case that passes and a 0 for every one that does not."""
    descriptor = int(sys.argv[2])
    job = begin()
    report = os.dup(1)
    silence(0, 1)
    asking = Asking(Wire(descriptor), job["objects"])
    every = statements(job["tests"])
    try:
        # Without `__builtins__` the first `exec` puts Python's own there; nobody else may.
        names = {"__name__": "tests", **_offered(asking), "__builtins__": builtins}
    except Broken:
        return
    for statement, case in every:
        passed = b"1"
        try:
            exec(compile(ast.Module([statement], []), "tests.py", "exec"), names)
        except BaseException:
            passed = b"0"
        if case:
            os.write(report, passed)
