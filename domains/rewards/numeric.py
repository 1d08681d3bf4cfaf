"""The completion's number is the answer's number."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from domains.example import Example
from domains.frozen import Frozen
from domains.rewards.base import Mark, Reward, found
from domains.rewards.identity import Version
from domains.rewards.within import Extract, within

_DIGITS = r"(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)"
# A sign counts only where it cannot be a minus between two terms: "10-3" ends in 3, "= -3" in -3.
NUMBER = re.compile(rf"(?:(?<![\w)\]])[-+])?{_DIGITS}(?:\s?/\s?\d+)?", re.ASCII)
SYMBOLS = re.compile(r"\\|\^|\b[a-zA-Z]\b")
WORDS = re.compile(r"(?!sqrt|sin|cos|tan|log|exp)(?<![\\a-zA-Z])[a-zA-Z]{3,}")
# Without a time limit, what could run for hours must not start: towers of powers, huge exponents, factorials.
HEAVY = re.compile(r"!|(?:\^|\*\*)[^^*]*(?:\^|\*\*)|(?:\^|\*\*)[\s{(+-]*\d{3,}|\\(?:sum|prod|int|lim)|\d{30,}")
TAIL = 200
"""Characters from the end that are read: the final answer stands there, and parsing stays cheap."""


VERSION = Version(1, ("math-verify", "latex2sympy2_extended", "sympy"))


class NumericReward(Frozen):
    """1 where the completion's last number or expression equals the answer's (by math-verify), else 0."""

    type: Literal["numeric"]
    weight: float = Field(1.0, ge=0)
    tolerance: float = Field(0.0, ge=0)
    """Relative tolerance for decimals."""
    extract: Extract | None = None
    """Where the answer stands in a completion: a regular expression with one group; default: the whole completion."""


def build(spec: NumericReward, train: Sequence[Example]) -> Reward:
    """Plain numbers are compared as exact fractions; LaTeX and expressions with variables by math-verify.

    An unevaluated sum does not count as its value, so that repeating the question ("12+7") earns nothing.
    What was found is the last number or expression.
    """

    def reward(completions: Sequence[str], example: Example) -> list[Mark]:
        return [judge(example.reference, text, spec.tolerance) for text in completions]

    return within(spec.extract, reward)


def final_part(text: str) -> str:
    """Where the answer stands: after the last ``####`` if there is one; at most `TAIL` characters."""
    return text.rpartition("####")[2].strip()[-TAIL:]


def judge(gold: str, text: str, tolerance: float = 0.0) -> Mark:
    """1 where the final values of two texts agree, and what was found in `text`. Never raises.

    What is too heavy to be parsed is wrong, and found as it stands.
    """
    gold, text = final_part(gold), final_part(text)
    if is_symbolic(text):
        return _verified(gold, text, tolerance)
    number = last_number(text)
    if is_symbolic(gold):
        if number is not None and WORDS.search(text):
            # Of a sentence only the number: as a formula, "the answer is 2" would be a product of letters.
            return Mark(_verified(gold, number.plain, tolerance).score, number.text)
        whole = _verified(gold, text, tolerance)
        return whole if whole.score else Mark(0.0, number.text if number else None)
    wanted = last_number(gold)
    if number is None or wanted is None:
        return Mark(0.0, number.text if number else None)
    close = abs(wanted.value - number.value) <= abs(wanted.value) * Fraction(tolerance)
    return Mark(float(close), number.text)


def is_symbolic(text: str) -> bool:
    """LaTeX, or a short expression with powers or variables rather than a sentence with numbers in it."""
    return "\\" in text or (bool(SYMBOLS.search(text)) and not WORDS.search(text) and len(text) <= 60)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written, and its value."""

    text: str
    value: Fraction

    @property
    def plain(self) -> str:
        """Without what a parser may misread: a division that was not carried out, commas."""
        return str(self.value) if "/" in self.text else self.text.replace(",", "")


def last_number(text: str) -> Number | None:
    """The last decimal or reduced fraction in `text`; None where there is none."""
    written = NUMBER.findall(text)
    return Number(written[-1], _value(written[-1])) if written else None


def _value(written: str) -> Fraction:
    above, slash, below = written.replace(",", "").replace(" ", "").partition("/")
    if not slash:
        return Fraction(above)
    # "12/4" is a division that was not carried out; only a reduced fraction is a number.
    if "." in above or int(below) < 2 or math.gcd(int(above), int(below)) > 1:
        return Fraction(int(below))
    return Fraction(int(above), int(below))


@lru_cache(maxsize=4096)
def _verified(gold: str, text: str, tolerance: float) -> Mark:
    """math-verify without its time limit, which needs the main thread (SIGALRM) and ties scores to speed."""
    if HEAVY.search(gold) or HEAVY.search(text):
        return Mark(0.0, text)
    wanted, said = _parsed(gold), _parsed(text)
    return Mark(float(_agree(wanted, said, tolerance)), found(str(said[-1])) if said else None)


def _parsed(text: str) -> list[Any]:
    """math-verify's reading: the expression, then its text; only its text where sympy cannot read it; []."""
    import math_verify  # type: ignore[import-untyped]

    logging.getLogger("math_verify").setLevel(logging.ERROR)
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
    return text if "$" in text or "\\boxed" in text else f"${text}$"


def _close(wanted: list[Any], found: list[Any], tolerance: float) -> bool:
    """Numeric agreement of the first parse of each within `tolerance`."""
    if not wanted or not found:
        return False
    a, b = float(wanted[0]), float(found[0])
    return abs(a - b) <= abs(a) * tolerance
