"""domains/diversity.py"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.diversity import compression_ratio, distinct_n

TEXTS = st.lists(st.text(max_size=30), max_size=8)


def test_repetition_compresses():
    assert compression_ratio(["the same line"] * 50) > 10
    assert compression_ratio(["the same line"]) < 2
    assert compression_ratio([]) == 0


@pytest.mark.parametrize(
    ("texts", "n", "share"),
    [
        (["a b a b"], 1, 0.5),
        (["a b a b"], 2, 2 / 3),
        (["A b", "a B"], 2, 0.5),
        (["a", "b"], 2, 0),
        ([], 1, 0),
        (["It ends."], 1, 1),
    ],
)
def test_distinct_n(texts, n, share):
    assert distinct_n(texts, n) == pytest.approx(share)


@given(TEXTS, st.integers(1, 4))
def test_distinct_n_is_a_share_and_repeating_lowers_it(texts, n):
    once = distinct_n(texts, n)
    assert 0 <= once <= 1
    assert distinct_n(texts * 2, n) == pytest.approx(once / 2)


def test_n_starts_at_one():
    with pytest.raises(ValueError, match="at least 1"):
        distinct_n(["a"], 0)
