"""What a domain of multiple choice must say."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from tests.support.curriculum_text import changed, write


def written(domain: str, keys: str) -> str:
    kind = {"sums": "structured", "tales": "creative"}[domain]
    return changed(f"{domain}:\n    kind: {kind}", f"{domain}:\n    {keys}\n    kind: {kind}")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("letters: true", "domains.sums.letters: says how options are answered, and this domain has none"),
        (
            "options: choices\n    answer: 'all of it'",
            "domains.sums.answer: must hold one field, which names the right",
        ),
        ("options: choices\n    answer: '{a} or {b}'", "domains.sums.answer: must hold one field, which names the"),
        ("options: [choices]", "domains.sums.options"),
        ("options: ''", "domains.sums.options"),
    ],
)
def test_what_names_no_right_option_is_refused(tmp_path: Path, keys: str, told: str) -> None:
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(write(tmp_path, written("sums", keys)))
    assert any(told in str(error) for error in caught.value.every), str(caught.value)


def test_a_creative_domain_has_no_right_option(tmp_path: Path) -> None:
    with pytest.raises(CurriculumError, match="a creative domain has no option that is right"):
        load_curriculum(write(tmp_path, written("tales", "options: choices")))


def test_a_conversations_last_turn_names_none(tmp_path: Path) -> None:
    with pytest.raises(
        CurriculumError, match=r"domains\.sums\.options: need an `answer` that says which of them is right"
    ):
        load_curriculum(write(tmp_path, written("sums", "options: choices\n    messages: chat")))
