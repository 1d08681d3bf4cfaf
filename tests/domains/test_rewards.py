"""domains/rewards: exact, regex, scorer, and what all rewards share."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domains.errors import DataError, StageError
from domains.example import Example
from domains.prepare import prepare
from domains.rewards import BUILDERS, RewardSpec, build_mix, build_reward
from domains.rewards import checked as guarded
from domains.spec import DomainSpec

SPEC = TypeAdapter(RewardSpec)
TEN = Example(prompt="4 + 6 = ", answer="10")
TRAIN = [TEN, Example(prompt="The cat ", answer="sat on a red mat.")]


def reward(completion, example=TEN, **spec):
    return build_reward(SPEC.validate_python(spec), TRAIN)([completion], example)[0]


@pytest.mark.parametrize(
    ("spec", "completion", "score"),
    [
        ({"type": "exact"}, " 10\n", 1),
        ({"type": "exact"}, "100", 0),
        ({"type": "exact"}, "", 0),
        ({"type": "exact", "strip": False}, " 10", 0),
        ({"type": "regex", "pattern": r"\d+"}, "77", 1),
        ({"type": "regex", "pattern": r"\d+"}, "77 or so", 0),
        ({"type": "regex", "pattern": r"it is (?P<answer>\d+)\."}, "it is 10.", 1),
        ({"type": "regex", "pattern": r"it is (?P<answer>\d+)\."}, "it is 11.", 0),
        ({"type": "regex", "pattern": r"(?P<answer>\d+)?x"}, "x", 0),
    ],
)
def test_exact_and_regex(spec, completion, score):
    assert reward(completion, **spec) == score


def test_case_counts_unless_told_otherwise():
    example = Example(prompt="?", answer="Straße")
    assert reward("STRASSE", example, type="exact", case=False) == 1
    assert reward("STRASSE", example, type="exact") == 0


@pytest.mark.parametrize("spec", [{"type": "regex", "pattern": "("}, {"type": "creative", "form": "["}])
def test_a_bad_expression_is_refused_when_the_curriculum_is_read(spec):
    with pytest.raises(ValidationError, match="must be a regular expression"):
        SPEC.validate_python(spec)


def scored(task, **config):
    source = {"type": "reasoning_gym", "task": task, "config": config}
    spec = DomainSpec(
        kind="structured", source=source, prompt="{question}", answer="{answer}", rewards=[{"type": "scorer"}]
    )
    return prepare("d", spec, validation=5, test=5, seed=0, base=Path())["train"][:20]


def test_the_scorer_is_the_tasks_own():
    items = scored("spell_backward", min_word_len=6)
    score = build_reward(SPEC.validate_python({"type": "scorer"}), items)
    for item in items:
        word = item.answer
        right, half, wrong = score([word.upper(), word[:3] + "###" + word[6:], "#" * len(word)], item)
        assert right == 1
        assert 0 < half < 1
        assert wrong == 0


def test_the_scorer_survives_what_models_say():
    for task in ("number_sorting", "letter_counting", "chain_sum", "simple_equations"):
        items = scored(task)
        score = build_reward(SPEC.validate_python({"type": "scorer"}), items)
        said = ["", "[", "[[1]]", "nan", "inf", "-", "1e999", "None", "\x00", "é" * 300, "[null]", "{'a': 1}"]
        assert all(0 <= value < 1 for value in score(said, items[0]))


def test_another_item_than_the_prepared_one_fails_the_stage():
    item = scored("chain_sum")[0]
    other = item.model_copy(update={"fields": {**item.fields, "question": "1 + 1 ="}})
    with pytest.raises(StageError, match="makes another item"):
        build_reward(SPEC.validate_python({"type": "scorer"}), [item])(["2"], other)


def test_the_scorer_needs_reasoning_gym():
    with pytest.raises(DataError, match="needs a source of type reasoning_gym"):
        reward("10", type="scorer")


EVERY = [
    {"type": "exact"},
    {"type": "numeric"},
    {"type": "regex", "pattern": r"\w+"},
    {"type": "creative"},
]


@given(st.lists(st.text(max_size=40), max_size=6), st.sampled_from(EVERY))
def test_any_text_scores_between_0_and_1(completions, spec):
    scores = build_reward(SPEC.validate_python(spec), TRAIN)(completions, TEN)
    assert len(scores) == len(completions)
    assert all(0 <= score <= 1 for score in scores)


@given(st.permutations(["the cat sat.", "a dog ran off.", "", "the cat sat.", "10"]), st.sampled_from(EVERY))
def test_the_order_of_the_group_does_not_matter(group, spec):
    score = build_reward(SPEC.validate_python(spec), TRAIN)
    alone = dict(zip(group, score(group, TEN), strict=True))
    for text, value in zip(reversed(group), score(list(reversed(group)), TEN), strict=True):
        assert value == pytest.approx(alone[text])


def mix(*specs):
    return build_mix([SPEC.validate_python(spec) for spec in specs], TRAIN)


def test_a_mix_is_the_weighted_mean():
    score = mix({"type": "exact", "weight": 3}, {"type": "regex", "pattern": r"\d+", "weight": 1})
    assert score(["10", "11", "x"], TEN) == pytest.approx([1, 0.25, 0])


def test_a_reward_of_weight_zero_is_not_even_built():
    assert mix({"type": "exact"}, {"type": "scorer", "weight": 0})(["10"], TEN) == [1]


def test_weights_must_not_all_be_zero():
    with pytest.raises(DataError, match="must not sum to zero"):
        mix({"type": "exact", "weight": 0})


@pytest.mark.parametrize(
    ("scores", "said"),
    [([float("nan")], "gave nan"), ([1.5], "gave 1.5"), ([], "gave 0 scores for 1"), (None, "raised TypeError")],
)
def test_an_impossible_score_fails_the_stage_at_the_reward(scores, said):
    with pytest.raises(StageError, match=said) as caught:
        guarded("odd", lambda completions, example: list(scores))(["x"], TEN)
    assert caught.value.boundary == "reward"


def test_every_reward_has_a_builder():
    types = {branch["properties"]["type"]["const"] for branch in SPEC.json_schema()["$defs"].values()}
    assert types == set(BUILDERS)
