"""domains/preparation/leaks.py"""

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.preparation.leaks import normal, normal_pair
from tests.support.leaks import exact_leaks, near_leaks

STORY = "Once a small fox lived beneath the crooked pine and counted {} stars before falling asleep near the brook"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 + 7 = ", "12+7="),
        ("The Fox saw", "the  fox saw "),
        ("Say 'hello'!", "say hello"),
        ("a, b.", "a b"),
    ],
)
def test_the_same_but_for_case_blanks_and_marks(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12+7=", "12+8="),
        ("12+7=", "12-7="),
        ("1.5", "15"),
        ("1 2", "12"),
        ("((", "()"),
        ("1,2", "12"),
        ("-3", "3"),
    ],
)
def test_numbers_and_operators_make_another_item(one, other):
    assert normal(one) != normal(other)


@given(st.text())
def test_normal_is_idempotent_and_never_loses_an_item(text):
    assert normal(normal(text)) == normal(text)
    assert bool(normal(text)) == bool(text)


def slow_normal(text):
    """As it was written first, mark by mark and blank by blank."""

    def blank(found):
        before, after = found.string[found.start() - 1], found.string[found.end()]
        return " " if before.isalnum() and after.isalnum() else ""

    bare = re.sub("[\"'`‘’“”]", "", text.casefold())
    bare = re.sub(r"(?<=[^\W\d])(?:\s*[.,;:!?])+|(?<=\d)[.,;:?]+(?=\s|$)", " ", bare).strip()
    return re.sub(r"\s+", blank, bare) or text


@given(st.text(alphabet="ab1_ .,;:!?'\"\t\n\u00a0é²½+-=($\u0301Ⅷ\x1c\x85", max_size=14) | st.text())
def test_normal_is_what_it_always_was(text):
    assert normal(text) == slow_normal(text)


PIECES = st.text(alphabet="ab1_ .,;:!?'\"\n=(ŉß", max_size=10) | st.text()


@given(PIECES, PIECES)
def test_a_pair_is_normal_as_if_each_were_done_alone(prompt, answer):
    assert normal_pair(prompt, answer) == (normal(prompt), normal(f"{prompt}\n{answer}"))


@pytest.mark.slow
def test_many_texts_without_a_number_are_compared_in_seconds():
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefgh", k=6)) for _ in range(3000)]
    texts = [" ".join(rng.choices(words, k=30)) for _ in range(20_000)]
    held = [" ".join(rng.choices(words, k=30)) for _ in range(300)]
    started = time.process_time()
    near = [held[7].replace(" ", " also ", 1), *(text + " too" for text in held[:5])]
    assert near_leaks([*texts, *near], held) == set(range(20_000, 20_006))
    assert time.process_time() - started < 10


def test_exact_duplicates_are_found_by_index():
    assert exact_leaks(["a b", "c", "A  b."], ["a b"]) == {0, 2}


def test_a_changed_word_in_a_long_text_is_a_near_duplicate():
    assert near_leaks(
        [STORY.format(7), "Something quite different altogether"], [STORY.format(7).replace("small", "tiny")]
    ) == {0}


def test_other_numbers_make_another_problem():
    assert near_leaks([STORY.format(7)], [STORY.format(8)]) == set()


def test_the_wording_of_a_template_makes_no_duplicates():
    question = "Spell this word backward, please, and mind every single letter (example: sun -> nus): {}"
    words = ["".join(random.Random(i).choices("abcdefgh", k=7)) for i in range(60)]
    assert len(set(words)) == 60
    texts = [question.format(word) for word in words]
    assert near_leaks(texts[:50], texts[50:]) == set()


def test_short_prompts_are_compared_for_equality_only():
    texts = [f"{a}+{b}=" for a in range(10, 30) for b in range(10, 30)]
    assert near_leaks(texts[:300], texts[300:]) == set()


@pytest.mark.slow
def test_two_thousand_items_take_less_than_two_seconds():
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(3000)]
    texts = [" ".join(rng.choices(words, k=40)) for _ in range(2300)]
    leaked = [text.replace(" ", "  ", 3) + " indeed" for text in texts[2000:2010]]
    start = time.process_time()
    found = near_leaks(texts[:2000] + leaked, texts[2000:])
    assert time.process_time() - start < 2
    assert found == set(range(2000, 2010))
