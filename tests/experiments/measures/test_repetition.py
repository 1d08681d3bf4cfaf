"""How much an answer repeats itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.of_outputs import values
from experiments.measures.repetition import REP3, repeated, without_echo
from experiments.nodes.outputs import Output

WORDS = st.lists(st.sampled_from("abc.7"), max_size=12)


@given(st.integers(3, 40))
def test_what_is_said_once_repeats_nothing(count):
    assert repeated(" ".join(f"w{at}" for at in range(count))) == 0


@given(st.integers(3, 40))
def test_one_word_over_and_over_has_one_triple(count):
    assert repeated("no " * count) == pytest.approx(1 - 1 / (count - 2))


@given(WORDS)
def test_it_is_a_share_and_none_without_three_words(words):
    found = repeated(" ".join(words))
    assert (found is None) == (len(words) < 3)
    assert found is None or 0 <= found < 1


@given(WORDS.filter(lambda words: len(words) > 2), st.integers(2, 4))
def test_saying_it_again_repeats_more(words, times):
    assert repeated(" ".join(words * times)) > repeated(" ".join(words))


def test_answers_count_each_by_itself():
    """Two answers that are alike repeat nothing; one without three words has no part in the mean."""
    said = ["a b c d", "a b c d", "a a a a", "x"]
    assert values(REP3, [Output(item="i", sample=at, text=text, count=4) for at, text in enumerate(said)]) == (
        pytest.approx((0 + 0 + 0.5) / 3, abs=1e-6),
    )
    assert values(REP3, [Output(item="i", text="", count=1)]) == (None,)


@given(WORDS.filter(lambda words: len(words) > 2), st.integers(1, 4))
def test_an_echo_is_left_out_and_what_is_new_is_not(words, times):
    """Of a text that is said over and over no more is left than its beginning, and where its end meets that."""
    text = " ".join(words)
    kept = without_echo(" ".join([text] * (times + 2)))
    assert kept == without_echo(" ".join([text] * 2))
    assert without_echo(kept) == kept
    unlike = " ".join(f"w{at}" for at in range(9))
    assert (without_echo(unlike), without_echo("a b")) == (unlike, "a b")
