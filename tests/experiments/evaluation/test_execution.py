"""Answers with their sums done right, marked by the reward that marked them."""

from __future__ import annotations

import pytest

from domains.decoding import Sampling
from domains.example import Example
from domains.rewards import build_reward
from domains.rewards.numeric import NumericReward
from experiments.evaluation.execution import executed
from experiments.evaluation.marking import mark
from experiments.nodes.outputs import Output
from experiments.nodes.setup import SetupDomain

ITEMS = (Example(prompt="What is 12 × 3 + 4?", answer="40"), Example(prompt="What is 5 + 6?", answer="11"))
SPEC = NumericReward(type="numeric")
REWARD = build_reward(SPEC, ITEMS)


def domain(kind="structured", spec=SPEC) -> SetupDomain:
    data = dict.fromkeys(("train", "validation", "test"), "x")
    return SetupDomain(kind=kind, data=data, rewards=(spec,), metric="numeric", max_tokens=9, decoding=Sampling())


def ask(*texts: str, **more):
    answers = [Output(item=ITEMS[at // 2].id, sample=at % 2, text=text, count=1) for at, text in enumerate(texts)]
    marks = mark("sums", REWARD, ITEMS, answers)
    return executed("sums", domain(**more), REWARD, ITEMS, answers, marks), [one.score for one in marks]


def test_right_steps_with_a_wrong_number_would_have_been_right():
    right, said = ask("12 * 3 = 35. 35 + 4 = 39. The answer is 39", "12 + 3 + 4 = 19", "5 + 6 = 11", "12")
    assert said == [0.0, 0.0, 1.0, 0.0]
    assert right == (1.0, 0.0, 1.0, 0.0)


def test_nothing_is_kept_where_every_sum_is_right():
    assert ask("12 + 28 = 40", "40", "11", "5 + 6 = 11")[0] is None


def test_creative_answers_are_left_alone():
    assert ask("1 + 1 = 3", "", "", "", kind="creative")[0] is None


@pytest.mark.parametrize("spec_type", ["judge", "reward_model"])
def test_another_model_is_not_asked_again(spec_type):
    asked = SPEC.model_construct(type=spec_type)
    made = domain().model_copy(update={"rewards": (asked,), "metric": spec_type})
    answers = [Output(item=item.id, text="1 + 1 = 3", count=1) for item in ITEMS]
    assert executed("sums", made, REWARD, ITEMS, answers, mark("sums", REWARD, ITEMS, answers)) is None
