"""domains/rewards: exact, regex, scorer, and what all rewards share."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domains.errors import DataError, StageError
from domains.example import Example
from domains.preparation.gold import check_gold
from domains.preparation.prepare import prepare
from domains.rewards import (
    Mark,
    build_reward,
)
from domains.spec import DomainSpec
from tests.support.rewards import SPEC, TEN, TRAIN, marked, read, reward, scores_of

DIGITS = {"type": "regex", "pattern": r"\d+"}
SENTENCE = {"type": "regex", "pattern": r"it is (?P<answer>\d+)\."}


@pytest.mark.parametrize(
    ("spec", "completion", "mark"),
    [
        ({"type": "exact"}, " 10\n", Mark(1, "10")),
        ({"type": "exact"}, "100", Mark(0, "100")),
        ({"type": "exact"}, "", Mark(0, None)),
        ({"type": "exact"}, " \n", Mark(0, None)),
        ({"type": "exact", "strip": False}, " 10", Mark(0, " 10")),
        ({"type": "exact", "strip": False}, "  ", Mark(0, None)),
        ({"type": "exact", "case": False}, "TEN", Mark(0, "ten")),
        ({"type": "numeric"}, "so 10.0", Mark(1, "10.0")),
        ({"type": "numeric"}, "so 11", Mark(0, "11")),
        ({"type": "numeric"}, "so what", Mark(0, None)),
        (DIGITS, "77", Mark(1, "77")),
        (DIGITS, "77 or so", Mark(0, None)),
        (DIGITS, "", Mark(0, None)),
        (SENTENCE, "it is 10.", Mark(1, "10")),
        (SENTENCE, "it is 11.", Mark(0, "11")),
        ({"type": "regex", "pattern": r"(?P<answer>\d+)?x"}, "x", Mark(0, None)),
        ({"type": "creative", "vocabulary": "any"}, " zuk vem qop.", Mark(1, "zuk vem qop.")),
        ({"type": "creative"}, "zuk vem qop.", Mark(0, "zuk vem qop.")),
        ({"type": "creative"}, "zuk vem qop", Mark(0, None)),
        ({"type": "creative"}, "zuk.", Mark(0, None)),
        ({"type": "creative"}, "", Mark(0, None)),
    ],
)
def test_wrong_and_not_found_are_told_apart(spec, completion, mark):
    assert marked(completion, **spec) == mark


def test_case_counts_unless_told_otherwise():
    example = Example(prompt="?", answer="Straße")
    assert reward("STRASSE", example, type="exact", case=False) == 1
    assert reward("STRASSE", example, type="exact") == 0


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "regex", "pattern": "("},
        {"type": "regex", "pattern": "a{99999999999999}"},
        {"type": "regex", "pattern": "(" * 3000 + ")" * 3000},
        {"type": "creative", "form": "["},
    ],
)
def test_a_bad_expression_is_refused_when_the_curriculum_is_read(spec):
    with pytest.raises(ValidationError, match="must be a regular expression"):
        SPEC.validate_python(spec)


@cache
def scored(task, **config):
    source = {"type": "reasoning_gym", "task": task, "config": config}
    spec = DomainSpec(
        kind="structured", source=source, prompt="{question}", answer="{answer}", rewards=[{"type": "scorer"}], train=20
    )
    return prepare("d", spec, validation=5, test=5, seed=0, base=Path())["train"][:20]


def test_the_scorer_is_the_tasks_own():
    items = scored("spell_backward", min_word_len=6)
    score = build_reward(SPEC.validate_python({"type": "scorer"}), items)
    for item in items:
        word = item.answer
        half, blank = word[:3] + "###" + word[6:], "#" * len(word)
        marks = score([word.upper() + " ", half, blank, " "], item)
        assert [mark.parsed for mark in marks] == [word.upper(), half, blank, None]
        right, part, wrong, nothing = scores_of(marks)
        assert right == 1
        assert 0 < part < 1
        assert (wrong, nothing) == (0, 0)


def test_text_that_the_scorer_cannot_read_holds_no_answer():
    (item,) = scored("prime_factorization")[:1]
    score = build_reward(SPEC.validate_python({"type": "scorer"}), [item])
    assert score(["two times three", ""], item) == [Mark(0, None)] * 2


def test_the_scorer_survives_what_models_say():
    for task in ("number_sorting", "letter_counting", "chain_sum", "simple_equations"):
        items = scored(task)
        score = build_reward(SPEC.validate_python({"type": "scorer"}), items)
        said = ["", "[", "[[1]]", "nan", "inf", "-", "1e999", "None", "\x00", "é" * 300, "[null]", "{'a': 1}"]
        assert all(0 <= value < 1 for value in scores_of(score(said, items[0])))


@pytest.mark.slow
def test_a_scorer_that_does_not_end_is_stopped_and_the_next_completion_is_scored():
    (item,) = scored("simple_integration")[:1]
    score = build_reward(SPEC.validate_python({"type": "scorer", "limit": 0.5}), [item])
    endless, right = score(["((x + 1)**99 + x)**99", item.answer], item)
    assert endless == Mark(0, None, stopped=True)
    assert right.score == 1


def test_another_item_than_the_prepared_one_fails_the_stage():
    item = scored("chain_sum")[0]
    other = item.model_copy(update={"fields": {**item.fields, "question": "1 + 1 ="}})
    with pytest.raises(StageError, match="makes another item"):
        build_reward(SPEC.validate_python({"type": "scorer"}), [item])(["2"], other)


def test_the_scorer_needs_reasoning_gym():
    with pytest.raises(DataError, match="needs a source of type reasoning_gym"):
        reward("10", type="scorer")


FILE = Path(__file__).parents[1] / "support" / "user_rewards.py"
EVERY = [
    {"type": "exact"},
    {"type": "function", "file": str(FILE), "name": "shares_letters"},
    {"type": "function", "file": str(FILE), "name": "shares_letters_by_group"},
    {"type": "numeric"},
    {"type": "regex", "pattern": r"\w+"},
    {"type": "creative"},
]


ANY = st.text(st.characters(exclude_categories=()), max_size=40)
"""Any text, half surrogate pairs and control characters included."""
LONG = st.builds(lambda piece, end: (piece * 100_000)[:100_000] + end, ANY.filter(bool), ANY)
TASKS = ["chain_sum", "spell_backward", "number_sorting", "letter_counting", "countdown"]


def holds(marks, completions):
    assert len(marks) == len(completions)
    assert all(0 <= mark.score <= 1 for mark in marks)
    assert all(mark.parsed is not None for mark in marks if mark.score > 0)
    assert all(mark.parsed is None for mark, text in zip(marks, completions, strict=True) if not text.strip())
    assert not any(mark.stopped for mark in marks)


@pytest.mark.parametrize("spec", EVERY, ids=lambda spec: spec.get("name", spec["type"]))
@given(st.lists(ANY | LONG, max_size=4))
def test_any_text_is_marked(spec, completions):
    holds(build_reward(read(spec), TRAIN)(completions, TEN), completions)


@pytest.mark.parametrize("task", [*TASKS[:-1], pytest.param(TASKS[-1], marks=pytest.mark.slow)])
@given(st.lists(ANY | LONG, max_size=3))
def test_any_text_is_marked_by_the_scorers(task, completions):
    item = scored(task)[0]
    holds(build_reward(SPEC.validate_python({"type": "scorer"}), [item])(completions, item), completions)


@given(st.permutations(["the cat sat.", "a dog ran off.", "", "the cat sat.", "10"]), st.sampled_from(EVERY))
def test_the_order_of_the_group_does_not_matter(group, spec):
    score = build_reward(read(spec), TRAIN)
    alone = dict(zip(group, score(group, TEN), strict=True))
    for text, mark in zip(reversed(group), score(list(reversed(group)), TEN), strict=True):
        assert mark.score == pytest.approx(alone[text].score)
        assert mark.parsed == alone[text].parsed


ENDLESS = r"(?:\w|\w\w|[\w ])+"
LETTERS = "abc " * 15 + "#"


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec", [{"type": "regex", "pattern": ENDLESS}, {"type": "creative", "form": ENDLESS, "vocabulary": "any"}]
)
def test_an_expression_without_end_is_stopped_and_the_next_completion_is_scored(spec):
    endless, plain = build_reward(SPEC.validate_python(spec), TRAIN)([LETTERS, "one two three"], TEN)
    assert endless == Mark(0, None, stopped=True)
    assert plain.score > 0.9
    assert not plain.stopped


@pytest.mark.slow
def test_reference_answers_that_cannot_be_scored_in_time_are_named_before_training():
    item = Example(prompt="?", answer=LETTERS)
    spec = DomainSpec.model_validate(
        {
            "kind": "structured",
            "source": {"type": "file", "path": "a.jsonl"},
            "prompt": "{q}",
            "answer": "{a}",
            "rewards": [{"type": "regex", "pattern": ENDLESS}],
        }
    )
    with pytest.raises(DataError, match="in time, it was stopped on"):
        check_gold(spec, {"train": [item]}, lambda item: None)
