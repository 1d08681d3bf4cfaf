"""domains/rewards/within.py"""

import pytest
from pydantic import TypeAdapter, ValidationError

from domains.example import Example
from domains.rewards import RewardSpec, build_reward

ITEM = Example(prompt="?", answer="<answer>5</answer>", reference="5")
SPEC = TypeAdapter(RewardSpec)
TAG = r"(?s)<answer>(.*?)</answer>"


def marks(kind, texts, extract=TAG):
    reward = build_reward(SPEC.validate_python({"type": kind, "extract": extract}), [ITEM])
    return reward(texts, ITEM)


@pytest.mark.parametrize("kind", ["exact", "numeric"])
def test_only_what_the_group_holds_is_read(kind):
    found = marks(kind, ["<think>7</think><answer>5</answer>", "5", "<answer>6</answer> 5", "<answer>5", ""])
    assert [mark.score for mark in found] == [1, 0, 0, 0, 0]
    assert [mark.parsed for mark in found] == ["5", None, "6", None, None]
    assert marks(kind, ["nothing"]) == [found[1]]
    assert marks(kind, ["5"], None)[0].score == 1


@pytest.mark.slow
def test_an_expression_without_end_is_stopped():
    (mark,) = marks("exact", ["a" * 60 + "b"], r"((?:a|aa)+)$")
    assert (mark.score, mark.parsed, mark.stopped) == (0, None, True)


@pytest.mark.parametrize(("extract", "said"), [("x", "one group in parentheses, got 0"), ("(", "regular exp")])
def test_what_is_no_expression_with_one_group_is_refused(extract, said):
    with pytest.raises(ValidationError, match=said):
        SPEC.validate_python({"type": "exact", "extract": extract})
