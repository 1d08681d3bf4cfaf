"""Where a text calls a calculator, what that writes there, and what an item takes to be solved with one."""

from __future__ import annotations

import time

import pytest

from domains.calculator import continued, counted, solution
from domains.example import Example


@pytest.mark.parametrize(
    "text, result",
    [
        ("12*7=", "84"),
        ("So 12 × 7 =", " 84"),
        ("12 * 7 = ", "84"),
        ("That is $12 * 3 = $", "36"),
        ("1. 12 + 3 =", " 15"),
        ("- 12 + 3 =", " 15"),
        ("It costs (12 + 3 =", " 15"),
        ("(12 + 3) / 2 =", " 7.5"),
        ("12 + 3 = 15 + 4 =", " 19"),
        ("1,000 - 2000=", "-1000"),
        ("共12 + 3=", "15"),
        # What never ends is rounded.
        ("10/3=", "3.333333"),
        # No sum of its own, none at all, or not its end.
        ("x + 3 + 4 =", None),
        ("5 apples + 3 + 4 =", None),
        ("x2 + 3 =", None),
        ("x =", None),
        ("12 =", None),
        ("12 + 3 ==", None),
        ("12 + 3 =>", None),
        ("12 + 3 = so", None),
        ("12 + 3 =\n", None),
        ("", None),
        # In vain.
        ("12/0 =", None),
        ("3(2+2) =", None),
        (f"{'9' * 30} * {'9' * 30} =", None),
    ],
)
def test_a_sum_before_an_equals_sign_calls_it(text, result):
    assert continued(text, "equals") == result


@pytest.mark.parametrize(
    "text, result",
    [
        ("48/2 = <<48/2=", "24>>"),
        ("<<(1+2)*3=", "9>>"),
        ("12*7=", None),
        ("<<x*7=", None),
        ("<<__import__('os').system('true')=", None),
        ("<<1e999999999=", None),
        ("<<9**999999999=", None),
        ("<<=", None),
        ("<<48/2=24>>24", None),
    ],
)
def test_a_mark_calls_it(text, result):
    assert continued(text, "marked") == result


@pytest.mark.parametrize(
    "text, form, found",
    [
        ("12*7=84 and 84 + 1 = 85", "equals", (2, 0)),
        ("1/0=3, 12*7=84", "equals", (2, 1)),
        # There was room for no more of it.
        ("12*7=8", "equals", (1, 0)),
        ("12*7=", "equals", (1, 0)),
        # The model's own: a token held more than the end of a call.
        ("12*7=85.", "equals", (0, 0)),
        ("12*7=840, 6 - 7 = -10.", "equals", (0, 0)),
        ("12*7=84.5, 12*7=84. 5", "equals", (1, 0)),
        ("no sum", "equals", (0, 0)),
        ("12*7=84", "marked", (0, 0)),
        ("<<12*7=84>>84 <<x=1>>", "marked", (2, 1)),
    ],
)
def test_calls_are_counted_in_what_was_written_with_it(text, form, found):
    assert counted(text, form) == found


def test_a_solution_is_the_items_own_where_that_calls():
    own = "It takes 2/2=<<2/2=1>>1 bolt\n#### 1"
    assert solution(Example(prompt="2 bolts", answer=own, reference="1"), "marked") == own
    assert solution(Example(prompt="2 bolts", answer="<<1/0=1>>", reference="1"), "marked") is None


def test_else_it_is_as_long_as_a_sum_of_all_numbers():
    item = Example(prompt="What is 12 + 7 - 1,000?", answer="It is -981.", reference="-981")
    assert solution(item, "equals") == "12 + 7 + 1,000 = -981\nIt is -981."
    assert solution(item, "marked") == "<<12+7+1,000=-981>>-981\nIt is -981."
    assert solution(Example(prompt="What is twelve and 7?", answer="19"), "equals") is None


def test_nothing_takes_long():
    started = time.perf_counter()
    for text in ("1+" * 20_000 + "=", "1" * 40_000 + "=", "((((" * 10_000 + "=", "1 = " * 10_000, "<<" * 20_000 + "="):
        for form in ("equals", "marked"):
            continued(text, form)
            counted(text, form)
    assert time.perf_counter() - started < 20
