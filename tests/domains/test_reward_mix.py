"""Several rewards together, which of them is the metric, and whose failure it is."""

from dataclasses import replace

import pytest

from domains.errors import DataError, StageError
from domains.preparation.gold import check_gold
from domains.rewards import (
    KINDS,
    Mark,
    build_mix,
    build_reward,
    called,
    meant,
    primary,
    score_group,
    with_codes,
)
from domains.rewards.guard import checked as guarded
from domains.spec import DomainSpec
from tests.support.rewards import SPEC, TEN, TRAIN, scores_of

ENDLESS = r"(?:\w|\w\w|[\w ])+"
LETTERS = "abc " * 15 + "#"


def mix(*specs):
    return build_mix([SPEC.validate_python(spec) for spec in specs], TRAIN)


def test_a_mix_is_the_weighted_mean():
    score = mix({"type": "exact", "weight": 3}, {"type": "regex", "pattern": r"\d+", "weight": 1})
    assert scores_of(score(["10", "11", "x"], TEN)) == pytest.approx([1, 0.25, 0])


def test_a_mix_gives_the_answer_of_the_first_reward_that_found_one():
    rewards = ({"type": "numeric"}, {"type": "exact"})
    said = ["it is 10", "ten", " "]
    assert [mark.parsed for mark in mix(*rewards)(said, TEN)] == ["10", "ten", None]
    assert [mark.parsed for mark in mix(*reversed(rewards))(said, TEN)] == ["it is 10", "ten", None]


@pytest.mark.slow
def test_a_mix_is_stopped_where_one_of_its_rewards_was():
    score = mix({"type": "exact"}, {"type": "regex", "pattern": ENDLESS})
    assert score([LETTERS, "one two"], TEN) == [Mark(0, LETTERS, stopped=True), Mark(0.5, "one two")]


def test_a_reward_of_weight_zero_is_not_even_built():
    assert mix({"type": "exact"}, {"type": "scorer", "weight": 0})(["10"], TEN) == [Mark(1, "10")]


def test_weights_must_not_all_be_zero():
    with pytest.raises(DataError, match="must not sum to zero"):
        mix({"type": "exact", "weight": 0})


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([Mark(float("nan"), "x")], "gave nan"),
        ([Mark(1.5, "x")], "gave 1.5"),
        ([], "gave 0 scores for 1"),
        (None, "raised TypeError"),
        ([1.0], "raised AttributeError"),
    ],
)
def test_an_impossible_score_fails_the_stage_at_the_reward(marks, said):
    with pytest.raises(StageError, match=said) as caught:
        guarded("odd", lambda completions, example: list(marks))(["x"], TEN)
    assert caught.value.boundary == "reward"


def test_a_failure_that_says_itself_what_it_is_stays_as_it_is():
    def failing(completions, example):
        raise StageError("reward", "rewards.py:3: ValueError: no")

    with pytest.raises(StageError, match=r"^reward: rewards\.py:3: ValueError: no$"):
        guarded("odd", failing)(["x"], TEN)


def test_a_reward_that_abstains_is_left_out_of_the_mean(monkeypatch):
    silent = replace(KINDS["exact"], build=lambda spec, train: lambda texts, example: [Mark(0, None, abstains=True)])
    monkeypatch.setitem(KINDS, "exact", silent)
    score = mix({"type": "exact", "weight": 5}, {"type": "numeric"}, {"type": "regex", "pattern": "x"})
    assert score(["10"], TEN) == [Mark(0.5, "10", abstains=True)]
    with pytest.raises(StageError, match="exact gave None for '10', and no other reward scores it"):
        build_reward(SPEC.validate_python({"type": "exact"}), TRAIN)(["10"], TEN)


A, B = ({"type": "regex", "pattern": letter, "name": letter} for letter in "ab")
NUMBER = {"type": "numeric"}


@pytest.mark.parametrize(
    ("rewards", "metric", "found"),
    [
        ([A, NUMBER], None, ["a"]),
        ([NUMBER, A], None, ["numeric"]),
        ([A, B], "b", ["b"]),
        ([A, B, NUMBER], "numeric", ["numeric"]),
        ([A, B], None, ["a"]),
        ([A, B], "regex", ["a", "b"]),
        ([A, {**A, "pattern": "c"}], "a", ["a", "a"]),
        ([NUMBER, {**NUMBER, "name": "loose", "tolerance": 0.1}], None, ["numeric", "loose"]),
        ([NUMBER, {**NUMBER, "name": "loose", "tolerance": 0.1}], "loose", ["loose"]),
        ([NUMBER], "exact", []),
        ([{**NUMBER, "name": "regex"}, A], "regex", ["regex"]),
    ],
)
def test_a_metric_means_a_name_or_a_type(rewards, metric, found):
    specs = [SPEC.validate_python(reward) for reward in rewards]
    assert [called(spec) for spec in meant(specs, metric)] == found
    if found:
        assert called(primary(specs, metric)) == found[0]


def test_reference_answers_that_a_reward_fails_on_are_a_mistake_of_the_users(tmp_path):
    (tmp_path / "a.py").write_text("def score(completion):\n    return None\n")
    (reward,) = with_codes([SPEC.validate_python({"type": "function", "file": "a.py", "name": "score"})], tmp_path)
    spec = DomainSpec(kind="structured", source={"type": "file", "path": "a.jsonl"}, rewards=[{"type": "exact"}])
    with pytest.raises(DataError, match="the reference answers cannot be scored: score gave None for '10'"):
        check_gold(spec.model_copy(update={"rewards": (reward,)}), {"train": [TEN]}, lambda item: None)


def test_a_failure_names_the_domain_too():
    with pytest.raises(StageError, match="domain sums: odd raised ZeroDivisionError") as caught:
        score_group("sums", guarded("odd", lambda completions, example: [1 / 0]), ["x"], TEN)
    assert caught.value.boundary == "reward"
