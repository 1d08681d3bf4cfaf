"""A completion that is asked: its functions are called from another sandbox, where its tests run.

Whatever the completion does in this process, it can only answer calls. It sees their arguments and no test.
"""

from __future__ import annotations

import operator
import os
import sys
from types import ModuleType

from .confine import begin, silence
from .wire import Wire, decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
COMPARISONS = ("eq", "lt", "le", "gt", "ge")
ACTS: dict[str, Callable[..., Any]] = {
    "call": lambda thing, *args, **named: thing(*args, **named),
    "get": getattr,
    "set": setattr,
    "item": operator.getitem,
    "put": operator.setitem,
    "drop": operator.delitem,
    "len": len,
    "iter": iter,
    "next": next,
    "truth": bool,
    "text": str,
    "repr": repr,
    **{name: getattr(operator, f"__{name}__") for name in (*OPERATORS, *COMPARISONS)},
}


class Served:
    """The completion's objects by their numbers."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.things: list[Any] = []

    def number(self, value: Any) -> int:
        """What stands for an object outside."""
        self.things.append(value)
        return len(self.things) - 1

    def value(self, reference: Any) -> Any:
        """An object of the completion's that comes back, or a function of the tests."""
        return self.things[reference] if isinstance(reference, int) else self._back(reference["back"])

    def _back(self, number: int) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            self.wire.send({"back": number, "arguments": [encode(each, self.number) for each in arguments]})
            return self.answered()

        return called

    def answered(self) -> Any:
        """What a function of the tests gave; calls that it makes meanwhile are served."""
        while True:
            message = self.wire.receive()
            if "act" in message:
                self.serve(message)
            elif "raised" in message:
                raise RuntimeError(message["raised"])
            else:
                return decode(message["value"], self.value)

    def serve(self, message: dict[str, Any]) -> None:
        """Do what is asked and send what came of it, with what became of lists and mappings that were handed in."""
        try:
            thing, *arguments = [decode(each, self.value) for each in message["arguments"]]
            named = {name: decode(each, self.value) for name, each in message["named"].items()}
            value = ACTS[message["act"]](thing, *arguments, **named)
            # An iterator is drawn from step by step where it was asked for as such.
            given = ["other", self.number(value)] if message["act"] == "iter" else encode(value, self.number)
            changed = [encode(each, self.number) if _mutable(each) else None for each in arguments]
            self.wire.send({"value": given, "changed": changed})
        except Exception as error:
            self.wire.send({"raised": [type(error).__name__, str(error)[:200]]})


def _mutable(value: Any) -> bool:
    return isinstance(value, list | dict | set)


def offered(names: Iterable[tuple[str, Any]], module: str, served: Served) -> dict[str, Any]:
    """The names that tests may use: what the completion defines itself, not what it imports."""
    found = {}
    for name, value in names:
        if name.startswith("__") or isinstance(value, ModuleType):
            continue
        if callable(value) and getattr(value, "__module__", None) == module:
            found[name] = ["other", served.number(value)]
        elif not callable(value):
            try:
                found[name] = encode(value, _refused)
            except Exception:
                continue
    return found


def _refused(value: Any) -> Any:
    raise TypeError(type(value).__name__)


def main() -> None:
    """Run the job's code as a module, say which names it has, and answer until nobody asks."""
    descriptor = int(sys.argv[2])
    code = begin()["code"]
    silence(0, 1)
    wire = Wire(descriptor)
    served = Served(wire)
    module = ModuleType("completion")
    sys.modules["completion"] = module
    try:
        exec(compile(code, "completion.py", "exec"), module.__dict__)
    except BaseException:
        os._exit(1)
    wire.send(offered(list(module.__dict__.items()), "completion", served))
    while True:
        served.serve(wire.receive())
