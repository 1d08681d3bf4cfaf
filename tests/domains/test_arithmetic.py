"""What a sum comes to, and what is no sum."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domains.arithmetic import LONGEST, value, written


@pytest.mark.parametrize(
    "text, exact",
    [
        ("12 + 7", 19),
        ("3 × (4 − 6)", -6),
        ("1,250 / 4", Fraction(625, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("-(2 - 5) * +2", 6),
        ("12345678901234567890.5 + 0", Fraction("12345678901234567890.5")),
    ],
)
def test_a_sum_is_exact(text, exact):
    assert value(text) == exact


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "2 ** 100000000",
        "9 // 2",
        # Ten to a thousand million would be a number of half a gigabyte.
        "1e999999999",
        "0x10 + 1",
        "1_0 + 1",
        "a + 1",
        "__import__('os').system('true')",
        "(lambda: 1)()",
        "True + 1",
        "1j * 1j",
        "'a' * 9",
        "",
        "1 +",
        "1\n2",
        f"{'(' * 150}1{')' * 150}",
        "1+" * LONGEST + "1",
    ],
)
def test_what_is_no_sum_is_none(text):
    assert value(text) is None


@pytest.mark.parametrize("exact, text", [(Fraction(36), "36"), (Fraction(-5, 2), "-2.5"), (Fraction(100), "100")])
def test_values_in_digits(exact, text):
    assert written(exact) == text


def test_what_never_ends_is_not_written():
    assert written(Fraction(1, 3)) is None
