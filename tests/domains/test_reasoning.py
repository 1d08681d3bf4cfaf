"""A completion's steps, and a mistake in one of them."""

from __future__ import annotations

import pytest

from domains.reasoning import mistaken, reasoning_of

FINAL = "The answer is "
TEXT = "Janet sells 16 - 3 - 4 = 9 eggs.\nShe makes 9 * 2 = $18. That is all."


def steps(text, final=FINAL):
    found = reasoning_of(text, final)
    return [found.step(number).strip() for number in range(found.steps)]


@pytest.mark.parametrize(
    "ending",
    [
        "\nThe answer is 18.",
        " The  answer\nis 18.",
        "\n#### 18",
        " So it is \\boxed{18}.",
        "\n<answer>18</answer>",
        "\nAnswer: 18\nand she was glad.",
        " Therefore, the answer is $18. Let me check: 9 * 2 = 18.",
        "",
    ],
)
def test_steps_are_sentences_and_lines_before_the_answer_is_stated(ending):
    assert steps(TEXT + ending) == ["Janet sells 16 - 3 - 4 = 9 eggs.", "She makes 9 * 2 = $18.", "That is all."]


def test_the_text_of_the_steps_is_the_completions_own():
    found = reasoning_of(TEXT + "\nThe answer is 18.", FINAL)
    assert (found.first(0), found.first(1), found.first(3)) == ("", TEXT[:32], TEXT)
    assert "".join(found.step(number) for number in range(3)) == TEXT


def test_an_answer_alone_is_no_reasoning():
    for text in ("", " 18", "The answer is 18.", "\n"):
        assert reasoning_of(text, FINAL).first(0) == ""
    assert [reasoning_of(text, FINAL).steps for text in ("", "The answer is 18.", "\n", "1.")] == [0, 0, 0, 0]


def test_a_lists_numbers_and_signs_alone_are_no_steps():
    assert steps("1. Add 2 and 3.\n2. Get 5.\n---\n\nDone.") == ["1. Add 2 and 3.", "2. Get 5.", "---\n\nDone."]


def test_a_heading_of_words_does_not_end_the_reasoning():
    assert len(steps("#### Solution\n2 + 3 = 5.\nDone.")) == 3


def test_marked_thoughts_are_closed_before_the_final_answer():
    found = reasoning_of("<think>\n2 + 3 = 5.\n</think>\n\nIt is 5.", FINAL)
    assert found.first(1).strip() == "2 + 3 = 5."
    assert found.concluded(found.first(1), FINAL) == "<think>\n2 + 3 = 5.</think>\nThe answer is"
    assert found.concluded("", FINAL) == "<think></think>\nThe answer is"
    # A template may have begun the thought already.
    assert reasoning_of("2 + 3 = 5.\n</think>\n5", FINAL).closing == "</think>"


def test_at_once_there_is_nothing_before_the_final_answer():
    assert reasoning_of(TEXT, FINAL).concluded("", FINAL) == "The answer is"


def test_a_mistake_changes_the_last_number_of_one_step_and_nothing_else():
    found = reasoning_of("1. There are 1,200 eggs.\nNone here.\n2. Half of it is 600.5 kg.", FINAL)
    seen = set()
    for seed in range(40):
        at, step = mistaken(found, seed)
        assert mistaken(found, seed) == (at, step)
        assert step != found.step(at)
        seen.add(at)
        start, end = {0: ("1. There are ", " eggs."), 2: ("\n2. Half of it is ", " kg.")}[at]
        assert step.startswith(start)
        assert step.endswith(end)
        number = step[len(start) : -len(end)]
        assert number.endswith(".5") == (at == 2)
        assert ("," in number) == (at == 0)
    assert seen == {0, 2}


def test_without_a_number_there_is_no_mistake():
    assert mistaken(reasoning_of("1. Think.\nThen think again.", FINAL), 0) is None
