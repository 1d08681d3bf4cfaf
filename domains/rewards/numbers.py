"""The one number that an answer asserts, as an exact value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = r"(?:\d+(?:,\d{3}(?!\d))*(?:\.\d+)?|\.\d+)"
NUMBER = re.compile(
    rf"(?:(?P<whole>\d{{1,9}})[ ]{{1,2}}(?=\d{{1,9}}\s?/\s?\d))?(?P<above>{_DIGITS})"
    r"(?:[eE](?P<power>[-+]?\d{1,3})(?![\w.]))?(?:\s?/\s?(?P<below>\d+))?",
    re.ASCII,
)
DENIED = re.compile(
    r"(?i)(?:\bnot|n't|\bnever|\bcannot|\b(?:ruled?|ruling)\s+out|\binstead\s+of)"
    r"(?:\s+(?:be|been|equal|equals|to|exactly|simply|the|a|number|answer|value|have)){0,3}[\s$({]*\Z"
)
REJECTED = re.compile(
    r"(?i)[\s$})]*(?:(?:is|was|would\s+be|seems|looks)\s+(?:\w+\s+)?(?:not\s+(?:the|right|correct|it|true|possible)\b|wrong|incorrect|false)"
    r"|(?:isn|wasn)'t\s+(?:the|right|correct|it|true|possible)\b)"
)
TERM = re.compile(r"(?:[\d)\]}][ \t]*[-+*/^]|[A-Za-z][-+*/^]|\d:)[ \t]*\Z", re.ASCII)
"""An operator with something before it: what follows is a part of a sum that was not carried out, or of 7:30."""
EQUALS = re.compile(r"(?:[=:(,]|\b(?:is|be|get|gives?|equals?|to))\Z")
"""What a sign may follow at a distance: "is - 5"."""
CHOICE = re.compile(
    r"(?:\d[^\w\n]{0,9}\bor\b[^\w\n]{0,9}|\d,|\d[^\w\n]{0,3},\s*[-+$]{0,2}[\d.,]*\d,?\s+(?:(?:and|or)\s+)?[$]?)\Z"
)
"""Other candidates before the number: "41 or ", "0,", "1, 2, "."""
NEAR = 60
"""Characters before a number that are looked at."""
PLACES = 6
"""Digits after the point from which on a decimal stands for the fraction that it rounds, as with math-verify."""
UNIT = re.compile(r"\s?(?P<percent>%|(?:per\s?cent|percent)\b)|\s?(?P<unit>[A-Za-z]+)")
UNITS = {
    name: names[0]
    for names in (
        text.split()
        for text in (
            "m meter meters metre metres",
            "cm centimeter centimeters centimetre centimetres",
            "mm millimeter millimeters millimetre millimetres",
            "km kilometer kilometers kilometre kilometres",
            "ft foot feet",
            "in inch inches",
            "yd yard yards",
            "mi mile miles",
            "g gram grams",
            "kg kilogram kilograms kilo kilos",
            "mg milligram milligrams",
            "lb lbs pound pounds",
            "oz ounce ounces",
            "l liter liters litre litres",
            "ml milliliter milliliters millilitre millilitres",
            "gal gallon gallons",
            "s sec secs second seconds",
            "min mins minute minutes",
            "h hr hrs hour hours",
            "day days",
            "week weeks",
            "month months",
            "yr year years",
            "dollar dollars usd",
            "cent cents",
            "euro euros eur",
            "degree degrees deg",
            "radian radians rad",
        )
    )
    for name in names
    if name != "in"
}
"""Units that are told apart, by their first name. "in" is a preposition far more often."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written, and its value."""

    text: str
    value: Fraction
    percent: bool = False
    unit: str | None = None
    places: int = 0
    """Digits after the point, of a decimal."""

    @property
    def plain(self) -> str:
        """The value without what a parser may misread: commas, mixed numbers."""
        return str(self.value)


def asserted(answer: str) -> Number | None:
    """The last number that `answer` does not deny; None where there is none, or several to choose from.

    Of "10-3" neither: the sum was not carried out, and repeating a question earns nothing. "10 - 13 = -3" says -3.
    """
    for found in reversed(list(NUMBER.finditer(answer))):
        before = answer[max(0, found.start() - NEAR) : found.start()]
        sign, before = _sign(before, answer[found.end() :])
        if DENIED.search(before) or REJECTED.match(answer, found.end()):
            continue
        if TERM.search(before) or CHOICE.search(before):
            return None
        value = _value(found)
        if value is None:
            return None
        unit = UNIT.match(answer, found.end())
        return Number(
            text=sign + found[0],
            value=-value if sign == "-" else value,
            percent=bool(unit and unit["percent"]),
            unit=UNITS.get((unit["unit"] or "").lower()) if unit else None,
            places=0 if found["power"] or found["below"] else len(found["above"].partition(".")[2]),
        )
    return None


def same(gold: Number, said: Number, tolerance: float) -> bool:
    """Equal values, up to the relative `tolerance`, in the same unit where both name one.

    50% is 50 as well as 0.5; a long decimal is the fraction that it rounds.
    """
    if gold.unit and said.unit and gold.unit != said.unit:
        return False
    readings = [(a, b) for a in _readings(gold) for b in _readings(said)]
    if any(abs(a - b) <= abs(a) * Fraction(tolerance) for a, b in readings):
        return True
    return _rounds(gold, said) or _rounds(said, gold)


def count(answer: str) -> int:
    """How many numbers are written in `answer`."""
    return sum(1 for _ in NUMBER.finditer(answer))


def _readings(number: Number) -> tuple[Fraction, ...]:
    return (number.value, number.value / 100) if number.percent else (number.value,)


def _rounds(fraction: Number, decimal: Number) -> bool:
    if decimal.places < PLACES or "/" not in fraction.text:
        return False
    return abs(fraction.value - decimal.value) < Fraction(1, 10**decimal.places)


def _sign(before: str, after: str) -> tuple[str, str]:
    """The number's sign, "-" or "", and the text before it.

    A sign is none where it can be a minus between two terms ("10-3", "10 - 3"), a dash, or a list's mark on its line.
    """
    stripped = before.rstrip()
    if not stripped or stripped[-1] not in "-+":
        return "", before
    sign, head = stripped[-1].replace("+", ""), stripped[:-1]
    if TERM.search(stripped):
        return "", before
    earlier = head.rstrip(" ")
    if stripped == before or EQUALS.search(earlier):
        return sign, head
    alone = not earlier and "\n" not in after.strip()
    return (sign if alone else ""), head


def _value(found: re.Match[str]) -> Fraction | None:
    """None for a division that was not carried out ("12/4") or cannot be."""
    above = Fraction(found["above"].replace(",", "")) * Fraction(10) ** int(found["power"] or 0)
    if found["below"] is None:
        return above
    if int(found["below"]) == 0:
        return None
    part = above / int(found["below"])
    return None if part.denominator == 1 else part + int(found["whole"] or 0)
