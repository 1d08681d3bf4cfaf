"""Whether two mathematical expressions are equal, by math-verify; for a process apart, since sympy may never end."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

POWER = re.compile(r"\*\*")


def serve(setup: None) -> Callable[[list[Any]], Callable[[], list[Any]]]:
    """Task ``[gold, text, tolerance]`` → ``[equal, what was found in the text or None, was it understood]``."""
    logging.getLogger("math_verify").setLevel(logging.ERROR)
    # Grammars are read with the first parse: no task's time.
    _equal(r"\frac{x}{2}", "x/2", 0.1)

    def prepare(task: list[Any]) -> Callable[[], list[Any]]:
        gold, text, tolerance = task
        return lambda: _equal(gold, text, tolerance)

    return prepare


def _equal(gold: str, text: str, tolerance: float) -> list[Any]:
    wanted, said = _parsed(gold), _parsed(text)
    understood = any(not isinstance(one, str) for one in said)
    return [_agree(wanted, said, tolerance), _written(said[-1]) if said else None, understood]


def _written(expression: object) -> str | None:
    try:
        return str(expression)
    except Exception:  # too many digits to be written
        return None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> list[Any]:
    """math-verify's reading: the expression, then its text; only its text where sympy cannot read it; []."""
    import math_verify  # type: ignore[import-untyped]

    try:
        return list(math_verify.parse(_dressed(text), parsing_timeout=None))
    except Exception:  # sympy raises whatever its parser meets in a model's output
        return []


def _agree(wanted: list[Any], said: list[Any], tolerance: float) -> bool:
    import math_verify

    try:
        if math_verify.verify(wanted, said, timeout_seconds=None):
            return True
        return tolerance > 0 and _close(wanted, said, tolerance)
    except Exception:  # that is a wrong answer
        return False


def _dressed(text: str) -> str:
    """A bare LaTeX expression between dollars, without which math-verify does not see it."""
    text = POWER.sub("^", text)
    return text if "$" in text or "\\boxed" in text else f"${text}$"


def _close(wanted: list[Any], said: list[Any], tolerance: float) -> bool:
    """Numeric agreement of the first parse of each within `tolerance`."""
    if not wanted or not said:
        return False
    a, b = float(wanted[0]), float(said[0])
    return abs(a - b) <= abs(a) * tolerance
