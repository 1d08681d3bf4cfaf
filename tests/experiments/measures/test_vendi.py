"""The Vendi score: its laws, and closed forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.of_outputs import values
from experiments.measures.vendi import VENDI, vendi
from experiments.nodes.outputs import Output

TEXTS = st.lists(st.lists(st.sampled_from("abcd.7"), max_size=6).map(" ".join), min_size=1, max_size=8)


@given(st.text(max_size=20), st.integers(1, 8))
def test_equal_texts_count_as_one(text, count):
    assert vendi([text] * count) == pytest.approx(1)


@given(st.integers(1, 8), st.integers(0, 5))
def test_texts_that_share_nothing_count_each(count, length):
    assert vendi([" ".join(f"w{one}x{place}" for place in range(length + 1)) for one in range(count)]) == pytest.approx(
        count
    )


@given(TEXTS)
def test_it_lies_between_one_and_their_number(texts):
    assert 1 - 1e-9 <= vendi(texts) <= len(set(texts)) + 1e-9


@given(TEXTS, st.randoms(use_true_random=False))
def test_order_changes_nothing(texts, random):
    assert vendi(random.sample(texts, len(texts))) == pytest.approx(vendi(texts))


@given(TEXTS, st.integers(2, 4))
def test_saying_all_of_it_again_changes_nothing(texts, times):
    assert vendi(texts * times) == pytest.approx(vendi(texts))


def test_of_two_texts_it_follows_from_their_similarity():
    """Of words they share one in two, of neighbours (ends count) one in three: eigenvalues are (1 ± s) / 2."""
    share = (1 + (1 / 2 + 1 / 3) / 2) / 2
    expected = math.exp(-share * math.log(share) - (1 - share) * math.log(1 - share))
    assert vendi(["a b", "A c"]) == pytest.approx(expected)


def test_groups_count_by_the_entropy_of_their_shares():
    """Three of one and one of another: the exponential of the entropy of (3/4, 1/4)."""
    assert vendi(["a b", "a b", "a b", "c"]) == pytest.approx(4 / 3**0.75)


def test_the_order_of_words_counts_by_half():
    assert 1 < vendi(["a b c", "c b a"]) < vendi(["a b c", "c b d"]) < 2


def test_blank_texts_are_one_answer_and_unlike_any_other():
    assert vendi(["", " \n", ""]) == pytest.approx(1)
    assert vendi(["", "a"]) == pytest.approx(2)


def test_it_takes_several_answers_an_item():
    said = [Output(item=item, sample=sample, count=2, text=f"{item} {sample}") for item in "ab" for sample in range(2)]
    found = values(VENDI, said)
    assert found is not None
    assert found[0] == found[1] == round(vendi(["a 0", "a 1"]), 6)
    assert values(VENDI, said[::2]) is None
