"""An answer's sums done right: what it would have come to, had every number that it computes been computed exactly.

Its steps stay the model's own, so an answer whose steps are wrong stays wrong. After the fact this is what a calculator
that is called while the model writes would have done, as far as the later text only repeats what came out.
"""

from __future__ import annotations

import re
from fractions import Fraction

from domains.arithmetic import NUMBER, SUM, alone, closed, value, written

EQUATION = re.compile(rf"(?<![A-Za-z_\d.)])(?P<sum>{SUM})(?P<equals>\s*=\s*)(?P<result>-?{NUMBER})(?![\d%]|[.,]\d)")


def carried_out(text: str, given: str = "") -> str:
    """The text with every result of ``sum = result`` exact, and carried on to where the model repeats it.

    A wrong result that also stands in `given` (the prompt) or earlier in the text is not carried on, since there it is
    a number of its own. What cannot be written in digits stays as it is.
    """
    done, rest = "", text
    while found := EQUATION.search(rest):
        result = found["result"]
        exact = value(closed(found["sum"])) if alone(done + rest, len(done) + found.start()) else None
        right = None if exact is None or _agrees(result, exact) else written(exact)
        done += rest[: found.start("result")]
        rest = rest[found.end() :]
        if right is not None:
            if not _stands(result, f"{given}\n{done}"):
                rest = _number(result).sub(right, rest)
            result = right
        done += result
    return done + rest


def _agrees(result: str, exact: Fraction) -> bool:
    """Equal, or rounded to the decimals that it is written with."""
    plain = result.replace(",", "")
    places = len(plain.partition(".")[2])
    return abs(Fraction(plain) - exact) <= (Fraction(1, 2 * 10**places) if places else 0)


def _stands(number: str, text: str) -> bool:
    return _number(number).search(text) is not None


def _number(digits: str) -> re.Pattern[str]:
    """These digits where they are a whole number, not a part of a longer one."""
    return re.compile(rf"(?<![\d.,]){re.escape(digits)}(?!\d|[.,]\d)")
