"""The completion's number is the answer's number."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from domains.example import Example
from domains.frozen import Frozen
from domains.rewards.base import Reward

_DIGITS = r"(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)"
# A sign counts only where it cannot be a minus between two terms: "10-3" ends in 3, "= -3" in -3.
NUMBER = re.compile(rf"(?:(?<![\w)\]])[-+])?{_DIGITS}(?:\s?/\s?\d+)?", re.ASCII)
SYMBOLS = re.compile(r"\\|\^|\b[a-zA-Z]\b")
WORDS = re.compile(r"(?!sqrt|sin|cos|tan|log|exp)(?<![\\a-zA-Z])[a-zA-Z]{3,}")
# Without a time limit, what could run for hours must not start: towers of powers, huge exponents, factorials.
HEAVY = re.compile(r"!|(?:\^|\*\*)[^^*]*(?:\^|\*\*)|(?:\^|\*\*)[\s{(+-]*\d{3,}|\\(?:sum|prod|int|lim)|\d{30,}")
TAIL = 200
"""Characters from the end that are read: the final answer stands there, and parsing stays cheap."""


class NumericReward(Frozen):
    """1 where the completion's last number or expression equals the answer's (by math-verify), else 0."""

    type: Literal["numeric"]
    weight: float = Field(1.0, ge=0)
    tolerance: float = Field(0.0, ge=0)
    """Relative tolerance for decimals."""


def build(spec: NumericReward, train: Sequence[Example]) -> Reward:
    """Plain numbers are compared as exact fractions; LaTeX and expressions with variables by math-verify.

    An unevaluated sum does not count as its value, so that repeating the question ("12+7") earns nothing.
    """

    def reward(completions: Sequence[str], example: Example) -> list[float]:
        return [float(same_number(example.answer, text, spec.tolerance)) for text in completions]

    return reward


def final_part(text: str) -> str:
    """Where the answer stands: after the last ``####`` if there is one; at most `TAIL` characters."""
    return text.rpartition("####")[2].strip()[-TAIL:]


def same_number(gold: str, text: str, tolerance: float = 0.0) -> bool:
    """Whether the final values of two texts agree. Never raises."""
    gold, text = final_part(gold), final_part(text)
    if not is_symbolic(gold) and not is_symbolic(text):
        wanted, found = last_number(gold), last_number(text)
        return wanted is not None and found is not None and abs(wanted - found) <= abs(wanted) * Fraction(tolerance)
    if HEAVY.search(gold) or HEAVY.search(text):
        return False
    return _verify(gold, text, tolerance)


def is_symbolic(text: str) -> bool:
    """LaTeX, or a short expression with powers or variables rather than a sentence with numbers in it."""
    return "\\" in text or (bool(SYMBOLS.search(text)) and not WORDS.search(text) and len(text) <= 60)


def last_number(text: str) -> Fraction | None:
    """The last decimal or reduced fraction in `text`; None where there is none."""
    found = NUMBER.findall(text)
    if not found:
        return None
    above, slash, below = found[-1].replace(",", "").replace(" ", "").partition("/")
    if not slash:
        return Fraction(above)
    # "12/4" is a division that was not carried out; only a reduced fraction is a number.
    if "." in above or int(below) < 2 or math.gcd(int(above), int(below)) > 1:
        return Fraction(int(below))
    return Fraction(int(above), int(below))


@lru_cache(maxsize=4096)
def _verify(gold: str, text: str, tolerance: float) -> bool:
    """math-verify without its time limit, which needs the main thread (SIGALRM) and ties scores to speed."""
    import math_verify  # type: ignore[import-untyped]

    logging.getLogger("math_verify").setLevel(logging.ERROR)
    try:
        wanted, found = (math_verify.parse(_dressed(part), parsing_timeout=None) for part in (gold, text))
        if math_verify.verify(wanted, found, timeout_seconds=None):
            return True
        return tolerance > 0 and _close(wanted, found, tolerance)
    except Exception:  # sympy raises whatever its parser meets in a model's output; that is a wrong answer
        return False


def _dressed(text: str) -> str:
    """A bare LaTeX expression between dollars, without which math-verify does not see it."""
    return text if "$" in text or "\\boxed" in text else f"${text}$"


def _close(wanted: list[Any], found: list[Any], tolerance: float) -> bool:
    """Numeric agreement of the first parse of each within `tolerance`."""
    if not wanted or not found:
        return False
    a, b = float(wanted[0]), float(found[0])
    return abs(a - b) <= abs(a) * tolerance
