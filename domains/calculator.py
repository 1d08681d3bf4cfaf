"""A calculator that a model calls while it writes: where a text calls it, and what it writes there.

Only sums of numbers, brackets and + − × ÷ are worked out (arithmetic.py); nothing is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from domains.arithmetic import NUMBER, SUM, alone, closed, value, written
from domains.example import Example

Form = Literal["equals", "marked"]
"""How it is called: by a sum and ``=``, as people write; or by ``<<48/2=``, as GSM8K's answers mark theirs."""
DECIMALS = 6
"""Of a result that never ends."""
LONGEST = 40
"""Characters of a result beyond which there is none."""
LONGER = re.compile(r"\d|[.,]\d")
"""What makes another number of one before it."""
PATTERNS: dict[Form, re.Pattern[str]] = {
    "equals": re.compile(rf"(?<![A-Za-z_\d.)])(?P<sum>{SUM})(?P<blank>[^\S\n]*)=(?![=>])(?P<after>[^\S\n]*[$€£]?)"),
    "marked": re.compile(r"<<(?P<sum>[^<>=\n]*)=(?![=>])(?P<after>[^\S\n]*)"),
}


@dataclass(frozen=True)
class Call:
    """One call in a text."""

    ends: int
    """Where in the text it ends, and what the calculator writes stands."""
    result: str | None
    """What it writes; None where there is no sum, or none that comes to a number."""


def calls(text: str, form: Form) -> Iterator[Call]:
    """All that look like one, in order."""
    for found in PATTERNS[form].finditer(text):
        if form == "marked":
            result = _result(found["sum"])
            yield Call(found.end(), None if result is None else f"{result}>>")
        elif alone(text, found.start()):
            result, gap = _result(found["sum"]), " " * (bool(found["blank"]) and not found["after"])
            yield Call(found.end(), None if result is None else gap + result)


def continued(text: str, form: Form) -> str | None:
    """What the calculator writes after a text that ends with a call; None where it does not, or calls in vain."""
    start = text.rfind("\n") + 1
    last = max(calls(text[start:], form), key=lambda call: call.ends, default=None)
    return last.result if last and start + last.ends == len(text) else None


def counted(text: str, form: Form) -> tuple[int, int]:
    """Of a text written with the calculator at hand: (calls, those of them that were in vain).

    A sum after which no result of the calculator's stands did not call it: a token held more than the call's end.
    """
    each = list(calls(text, form))
    vain = sum(one.result is None for one in each)
    return vain + sum(_answered(text[one.ends :], one.result) for one in each if one.result is not None), vain


def solution(item: Example, form: Form) -> str | None:
    """An answer to the item that calls the calculator and is right; None where none is known.

    Its own answer where that calls; else the sum of all of the prompt's numbers, for the room that it takes, and the
    answer below it.
    """
    own = list(calls(item.answer, form))
    if own:
        return item.answer if all(one.result is not None for one in own) else None
    numbers = re.findall(NUMBER, item.prompt)
    if len(numbers) < 2:
        return None
    called = f"<<{'+'.join(numbers)}={item.reference}>>" if form == "marked" else f"{' + '.join(numbers)} = "
    return f"{called}{item.reference}\n{item.answer}"


def _result(text: str) -> str | None:
    exact = value(closed(text.strip()))
    if exact is None:
        return None
    whole = written(exact)
    result = written(Fraction(round(exact * 10**DECIMALS), 10**DECIMALS)) if whole is None else whole
    return result if result is not None and len(result) <= LONGEST else None


def _answered(rest: str, result: str) -> bool:
    """Whether the result stands there as a whole number, or as much of it as there was room for."""
    said, result = rest.lstrip(), result.lstrip()
    longer = said.startswith(result) and result[-1].isdigit() and LONGER.match(said, len(result))
    return not longer and (said.startswith(result) or result.startswith(said))
