"""Whether an answer stands before what leads to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.of_outputs import Answer
from experiments.measures.shortcuts import EARLY_ANSWER, LEAST_WORK, RIGHT_LENGTH, early
from experiments.nodes.outputs import Marked, Output

WORK = "First 12 + 30 = 42 is found, then 42 + 8 comes to"


def answer(text: str, parsed: str | None = "50", score: float = 1.0) -> Answer:
    return Answer(Output(item="i", text=text, count=0), Marked(item="i", score=score, parsed=parsed), "12 + 30 + 8")


@pytest.mark.parametrize(
    "text, said, found",
    [
        (f"{WORK} 50", "50", False),
        (f"50. {WORK} 50", "50", True),
        (f"50, because of this: {WORK} that", "50", True),
        (f"The answer is\n\\boxed{{50}}. {WORK} 50, and that is what was to be found out here.", "50", True),
        (f"Minus: −50. {WORK} what stands there, with a sign", "-50", True),
        # A longer number, a decimal and a word that holds it are others.
        (f"150 and 50.5 and x50. {WORK} 50", "50", False),
        # Blanks and case are no difference.
        (f"North  west it is. {WORK} what was asked for: north west", "North West", True),
        # Its end over and over makes nothing early.
        (f"{WORK} 50." + " So it is 50." * 30, "50", False),
        # Nothing was worked out.
        ("50", "50", None),
        ("The answer is 50", "50", None),
        ("So 50 is the answer, is it not?", "50", None),
        # It is the text, or a large part of it; or it stands there in other writing, or was in the question.
        (f"{WORK} 50", f"{WORK} 50", None),
        (f"{WORK} 50", WORK, None),
        (f"1/2, since {WORK} half of it, as one sees at once", "0.5", None),
        (f"12 are given. {WORK} 50, of which 12 remain", "12", None),
        (f"{WORK} 50", " ", None),
    ],
)
def test_an_answer_is_early_where_it_stands_in_the_first_quarter(text, said, found):
    assert early(text, said, "12 + 30 + 8") is found


@given(st.integers(LEAST_WORK, 200), st.integers(LEAST_WORK, 200))
def test_it_is_early_as_far_as_a_quarter_goes(before, after):
    """Ends of words are blanks, so that a text of any length can be made; no three of them are said twice."""
    text = f"{'b' * before} 50 {'a' * after}"
    assert early(text, "50") is (before + 3 <= len(text) / 4)


def test_only_right_answers_for_which_it_can_be_said_count():
    early_one, late = answer(f"50. {WORK} 50"), answer(f"{WORK} 50")
    assert EARLY_ANSWER.of([early_one, late, answer("50"), answer(f"50. {WORK} 50", score=0.5)]) == 0.5
    assert EARLY_ANSWER.of([answer("50"), answer(f"50. {WORK} 51", "51", 0.0), answer(WORK, None)]) is None


def test_the_length_is_that_of_right_answers():
    assert RIGHT_LENGTH.of([answer(" four\n"), answer("sixsix"), answer("x" * 99, score=0.9)]) == 5
    assert RIGHT_LENGTH.of([answer("x", score=0.0)]) is None


def test_of_an_answer_whose_prompt_is_not_known_it_cannot_be_said():
    """It may repeat the question."""
    one = answer(f"50. {WORK} 50")
    assert EARLY_ANSWER.of([one]) == 1
    assert EARLY_ANSWER.of([replace(one, prompt=None)]) is None
    assert RIGHT_LENGTH.of([replace(one, prompt=None)]) == len(one.text)
