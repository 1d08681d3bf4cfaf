"""Sums done right in what a model wrote."""

from __future__ import annotations

import time

import pytest

from experiments.measures.execution import carried_out


@pytest.mark.parametrize(
    "text, right",
    [
        ("12 + 7 = 19", "12 + 7 = 19"),
        ("12 + 7 = 18, so 18.", "12 + 7 = 19, so 19."),
        # Carried on through later sums.
        ("12 × 3 = 35. 35 + 4 = 39. The answer is 39.", "12 × 3 = 36. 36 + 4 = 40. The answer is 40."),
        ("(2 + 3) * 4 = 24", "(2 + 3) * 4 = 20"),
        # Rounded as it is written.
        ("10 / 3 = 3.33", "10 / 3 = 3.33"),
        ("7 / 2 = 3.4", "7 / 2 = 3.5"),
        # What never ends cannot be put right.
        ("10 / 3 = 4", "10 / 3 = 4"),
        # A part of a longer number is another number.
        ("2 + 2 = 5 and 53 or 1.5", "2 + 2 = 4 and 53 or 1.5"),
        ("1,000 + 1 = 1,002", "1,000 + 1 = 1001"),
        ("x = 5", "x = 5"),
        # Only the last part of a sum stands there in numbers.
        ("5 apples + 3 + 4 = 12", "5 apples + 3 + 4 = 12"),
        ("x - 3 + 4 = 9", "x - 3 + 4 = 9"),
        ("x2 + 3 = 9", "x2 + 3 = 9"),
        ("- 12 + 7 = 18", "- 12 + 7 = 19"),
        ("so (12 + 7 = 18) 18", "so (12 + 7 = 19) 19"),
        ("12 + 7 = 18%", "12 + 7 = 18%"),
        ("", ""),
    ],
)
def test_results_are_put_right_and_carried_on(text, right):
    assert carried_out(text) == right


def test_a_wrong_result_that_is_a_number_of_its_own_stays_where_it_stands():
    assert carried_out("3 + 4 = 8; and 8 apples", "8 apples, 3 pears") == "3 + 4 = 7; and 8 apples"


def test_wrong_steps_stay_wrong():
    """The sum is right, and it is the wrong sum."""
    assert carried_out("12 - 7 = 5. Answer: 5", "What is 12 + 7?") == "12 - 7 = 5. Answer: 5"


@pytest.mark.slow
def test_it_takes_no_time_on_what_looks_like_a_sum_and_is_none():
    started = time.perf_counter()
    for text in ("1+" * 20_000, "1" * 40_000, "((((" * 10_000, "1 = " * 10_000, "1 + 1 = 3 " * 2_000):
        carried_out(text)
    assert time.perf_counter() - started < 20
