"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.interval import Interval
from experiments.analysis import words


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_missing_is_a_dash(value):
    one = (words.number, words.signed, words.percent, words.share, words.duration, words.count)
    assert {write(value) for write in one} == {words.DASH}


def test_an_interval_without_ends_is_a_dash():
    for found in (Interval.unknown("no seed finished"), Interval.of(0.1, 0.1, math.inf, 3)):
        assert {write(found) for write in (words.span, words.signed_span, words.percent_span)} == {words.DASH}


def test_intervals_have_a_true_minus_and_their_digits():
    found = Interval.of(0.05, -0.02, 0.1195, 3)
    assert words.span(Interval.of(0.7, 0.694, 0.731, 3), 2) == "0.69 to 0.73"
    assert words.signed_span(found) == "−0.020 to +0.119"
    assert words.percent_span(found) == "−2.0 to +11.9 %"


@given(st.floats(-1e6, 1e6), st.sampled_from([words.number, words.share]))
def test_a_number_below_0_has_a_true_minus_and_zero_none(value, write):
    text = write(value)
    assert "-" not in text
    assert text.startswith("−") == (value < 0 and any(digit in "123456789" for digit in text))
    assert write(abs(value)) == text.removeprefix("−")


@given(st.floats(-1e6, 1e6))
def test_signed_reads_back_and_zero_has_no_sign(value):
    text = words.signed(value)
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=5.001e-4)
    assert text[0] in "+−" or float(text) == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (60, "1 min 00 s"),
        (754.2, "12 min 34 s"),
        (3599.9, "1 h 00 min"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(("value", "text"), [(12345, "12,345"), (2.5, "2.5"), (396138.67, "396,139"), (0, "0")])
def test_counts(value, text):
    assert words.count(value) == text


def test_percentages_have_a_true_minus():
    assert words.percent(-0.0312) == "−3.1 %"
    assert words.percent(0.00001) == "0.0 %"


@given(st.text(max_size=40), st.integers(1, 30))
def test_short_never_exceeds_its_width(text, width):
    assert len(words.short(text, width)) <= width


@pytest.mark.parametrize(
    ("p", "text"), [(None, "–"), (0.0363, "0.036"), (1.0, "1.000"), (0.0004, "< 0.001"), (0.001, "0.001")]
)
def test_p_values(p, text):
    assert words.chance(p) == text
