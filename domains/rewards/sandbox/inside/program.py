"""A completion as a program: its standard output is looked at outside, where alone the expected one is known."""

from __future__ import annotations

import sys
from types import ModuleType

from .confine import begin


def main() -> None:
    """Run the job's code as ``__main__``; standard input and output are the sandbox's."""
    code = begin()["code"]
    del sys.argv[1:]
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    exec(compile(code, "completion.py", "exec"), module.__dict__)
