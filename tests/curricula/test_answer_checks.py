"""A domain without answers: what is at odds with it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.dump import dump_yaml
from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from tests.support.commands import TINY

PROMPTS = (
    "domains.stories={kind: creative, source: {type: file, path: p.jsonl}, answer: false, "
    "rewards: [{type: creative, vocabulary: any}], max_tokens: 24}"
)
FITTING = {"model.warmup.steps": "0", "evaluation.metrics": "[entropy, kl]"}


def sets(more: dict[str, str]) -> list[str]:
    return [PROMPTS, *(f"{key}={value}" for key, value in (FITTING | more).items())]


def test_where_nothing_needs_them_a_domain_has_no_answers(tmp_path: Path) -> None:
    curriculum = load_curriculum(TINY, sets=sets({}))
    assert curriculum.domains["stories"].answer is False
    (tmp_path / "again.yaml").write_text(dump_yaml(curriculum), "utf-8")
    assert load_curriculum(tmp_path / "again.yaml").domains["stories"].answer is False


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"model.warmup.steps": "5"}, "model.warmup: the warm-up imitates answers, and the domain stories has none"),
        ({"evaluation.metrics": "[nll]"}, "evaluation.metrics: nll reads reference answers, and the domain stories"),
        ({"training.method": "sft"}, "training.method: sft imitates answers, and the domain stories has none"),
        ({"stages.sorting": "{method: sft}"}, "stages.sorting.method: sft imitates answers"),
        ({"search.methods": "{sorting: [sft, grpo]}"}, "search.methods: sft imitates answers"),
        (
            {"domains.stories.rewards": "[{type: creative}]"},
            "rewards[0].vocabulary: 'creative' compares with reference",
        ),
        ({"domains.stories.rewards": "[{type: exact}]"}, "rewards[0].type: 'exact' compares with reference answers"),
        (
            {"domains.stories.rewards": "[{type: regex, pattern: '(?P<answer>x)'}]"},
            "rewards[0].pattern: 'regex' compares with reference answers",
        ),
        ({"domains.stories.answer": "true"}, "domains.stories.answer: must be text"),
    ],
)
def test_what_needs_them_is_one_line(more: dict[str, str], said: str) -> None:
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(TINY, sets=sets(more))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_reference_may_stand_without_an_answer() -> None:
    more = {"domains.stories.rewards": "[{type: exact}]", "domains.stories.reference": "'{right}'"}
    assert load_curriculum(TINY, sets=sets(more)).domains["stories"].reference == "{right}"
