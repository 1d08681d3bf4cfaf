"""A file that is read for its domains only: no name, no model, one domain; and a whole curriculum all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum, load_domains
from domains.errors import CurriculumError
from tests.support.commands import TINY

ONE = """\
domains:
  stories: {kind: creative, source: {type: stories}, rewards: [{type: creative}], max_tokens: 24}
"""


def file_of(folder: Path, text: str) -> Path:
    file = folder / "domains.yaml"
    file.write_text(text, "utf-8")
    return file


def test_one_domain_is_enough(tmp_path: Path) -> None:
    file = file_of(tmp_path, ONE)
    found = load_domains(file)
    assert (list(found.domains), found.name) == (["stories"], "domains")
    assert load_domains(file, sets=("evaluation.test=30",)).evaluation.test == 30
    with pytest.raises(CurriculumError):
        load_curriculum(file)


def test_a_file_of_domains_keeps_its_items_for_the_test(tmp_path: Path) -> None:
    assert load_domains(file_of(tmp_path, ONE + "evaluation: {test: 60}\n")).evaluation.validation == 2
    assert load_domains(file_of(tmp_path, ONE + "evaluation: {validation: 9}\n")).evaluation.validation == 9
    assert load_domains(file_of(tmp_path, ONE + "name: mine\n")).evaluation.validation == 150


def test_a_curriculum_is_read_as_it_is() -> None:
    assert load_domains(TINY) == load_curriculum(TINY)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("domains: {}\n", "no domain is defined. Define one or more."),
        ("evaluation: {test: 5}\n", "domains"),
        (ONE + "evaluaton: {test: 5}\n", ":3: evaluaton: "),
        (
            ONE.replace("rewards: [{type: creative}]", "rewards: [{type: creative}], metric: exact"),
            "metric: must be the",
        ),
        (ONE.replace("}, rewards", "}, decoding: greedy, rewards"), "stories is creative, and its score is that of"),
        ("- stories\n", "must be a mapping"),
        ("", "is empty"),
    ],
)
def test_mistakes_are_refused_as_in_a_curriculum(tmp_path: Path, text: str, rule: str) -> None:
    with pytest.raises(CurriculumError) as error:
        load_domains(file_of(tmp_path, text))
    assert rule in str(error.value)


def test_rules_about_training_are_not_asked(tmp_path: Path) -> None:
    many = "".join(ONE.removeprefix("domains:\n").replace("stories:", f"stories{n}:") for n in range(20))
    assert len(load_domains(file_of(tmp_path, f"domains:\n{many}")).domains) == 20
