"""Instructions that a program can check: each one kept and broken, their share, and what cannot be kept."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domains.example import Example
from domains.rewards import RewardSpec, build_reward

SPEC = TypeAdapter(RewardSpec)
ANY = Example(prompt="p", answer="")
EACH = [
    ({"min_words": 3}, "one two, three", "one two-three"),
    ({"max_words": 2}, " one two\n", "one two three"),
    ({"sentences": 2}, 'Pi is 3.14. He said "No!"', "Pi is 3.14. No. Yes?!"),
    ({"sentences": 1}, "Well...", "Well... (Yes.)"),
    ({"sentences": 1}, "One.", "One"),
    ({"lines": 2}, "one\n\n two", "one\ntwo\nthree"),
    ({"bullets": 2}, "Two:\n- one\n  * two", "- one\n-two\n**three**"),
    ({"bullets": 0}, "none - at all", "• one"),
    ({"starts_with": "Dear"}, "\nDear you", "dear you"),
    ({"ends_with": "Yours."}, "I am Yours. \n", "Yours. Me"),
    ({"contains": ["Sea", "ship"]}, "a SHIP on the sea", "a boat on a lake"),
    ({"avoids": ["!", "wow"]}, "calm.", "Wow!"),
    ({"lowercase": True}, "no capital: 3 é", "no Capital"),
    ({"json_only": True}, '{"a": [1, null]}', "{'a': 1}"),
    ({"json_only": True}, '```json\n{"a":\n 1}\n```', '```json\n{"a": 1}\n``` there'),
    ({"json_only": True}, '"a\u2028b"', "NaN"),
    ({"json_only": True}, "3", "[" * 100_000),
]
ALL = {
    "min_words": 2,
    "max_words": 6,
    "sentences": 1,
    "lines": 1,
    "bullets": 0,
    "starts_with": "a",
    "ends_with": ".",
    "contains": ["b"],
    "avoids": ["c"],
    "lowercase": True,
}


def marks(texts, **instructions):
    return build_reward(SPEC.validate_python({"type": "instructions", **instructions}), [])(texts, ANY)


@pytest.mark.parametrize(("instruction", "kept", "broken"), EACH)
def test_each_instruction_is_kept_or_broken(instruction, kept, broken):
    assert [mark.score for mark in marks([kept, broken], **instruction)] == [1, 0]


def test_every_instruction_is_tested_and_counts_once():
    assert {key for instruction, _, _ in EACH for key in instruction} == {*ALL, "json_only"}
    texts = ["a b.", "a b", "A c c c c c c c\n- C!", "a b c."]
    assert [mark.score for mark in marks(texts, **ALL)] == pytest.approx([1, 0.8, 0.2, 0.9])


def test_each_phrase_is_an_instruction_of_its_own():
    assert [one.score for one in marks(["sea"], contains=["sea", "ship"], avoids=["boat", "land"])] == [0.75]


@given(st.text(max_size=60), st.fixed_dictionaries({}, optional={key: st.just(value) for key, value in ALL.items()}))
def test_a_score_is_the_mean_over_its_instructions_and_blank_text_earns_nothing(text, chosen):
    if not chosen:
        return
    (mark,) = marks([text], **chosen)
    alone = [marks([text], **{key: value})[0].score for key, value in chosen.items()]
    assert mark.score == pytest.approx(sum(alone) / len(alone))
    assert mark.parsed == (text.strip() or None)
    if not text.strip():
        assert mark.score == 0


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda one: st.lists(one, max_size=3)))
def test_whatever_is_written_as_json_is_json(value):
    assert [mark.score for mark in marks([json.dumps(value), json.dumps(value) + ","], json_only=True)] == [1, 0]


@pytest.mark.parametrize("text", ["!" * 200_000 + "x", "```\n" + "\n" * 200_000 + "x```", '."' * 100_000 + "x"])
def test_no_text_takes_long(text):
    begun = time.process_time()
    marks([text], **ALL, json_only=True)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "needs one instruction or more"),
        ({"min_words": 5, "max_words": 4}, "min_words must be at most max_words, got 5 > 4"),
        ({"starts_with": " a"}, "white space around a completion does not count"),
        ({"ends_with": "a\n"}, "white space around a completion does not count"),
        ({"contains": ["Yes, sir"], "avoids": ["no", "yes"]}, "avoids must not be in what is asked for, got 'yes'"),
        ({"contains": [""]}, "at least 1 character"),
        ({"sentences": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_kept_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        SPEC.validate_python({"type": "instructions", **wrong})
