"""What must be there before reasoning is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from tests.support.curriculum_text import changed, write

WHO = "{url: 'http://localhost:8000/v1', model: m}"


def with_final(domain: str, final: str) -> str:
    kind = {"sums": "structured", "tales": "creative"}[domain]
    return changed(f"{domain}:\n    kind: {kind}", f"{domain}:\n    final: {final}\n    kind: {kind}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (with_final("tales", "'So '"), "domains.tales.final: a creative domain has no final answer"),
        (with_final("sums", "' '"), "domains.sums.final: must hold more than blanks"),
        (with_final("sums", "''"), "domains.sums.final"),
        (
            changed("seeds: [0, 1]", "evaluation: {inquiries: [reasoning]}"),
            "evaluation.inquiries: no domain says with which text its answers come to their end",
        ),
        (changed("seeds: [0, 1]", "evaluation: {inquiries: [reason]}"), "evaluation.inquiries"),
        (
            with_final("tales", "So, calculator: equals").replace("final: So, ", ""),
            "domains.tales.calculator: a creative domain has nothing to calculate",
        ),
        (with_final("sums", "So, calculator: often").replace("final: So, ", ""), "domains.sums.calculator"),
        (
            changed("seeds: [0, 1]", "evaluation: {inquiries: [calculator]}"),
            "evaluation.inquiries: no domain says how its answers call a calculator",
        ),
        (
            changed("seeds: [0, 1]", f"evaluation: {{inquiries: [paraphrase], paraphraser: {WHO}}}"),
            "evaluation.inquiries: no domain says with which text its answers come to their end, got 'paraphrase'",
        ),
        (
            with_final("sums", "'So '").replace("seeds: [0, 1]", "evaluation: {inquiries: [paraphrase]}"),
            "evaluation.inquiries: nobody is named who says reasoning in other words",
        ),
        (
            with_final("sums", "'So '").replace(
                "seeds: [0, 1]", f"evaluation: {{inquiries: [reasoning], paraphraser: {WHO}}}"
            ),
            "evaluation.paraphraser: is asked nothing: `paraphrase` is none of the inquiries",
        ),
        (
            changed("seeds: [0, 1]", "evaluation: {inquiries: [paraphrase], paraphraser: {model: m}}"),
            "evaluation.paraphraser.url",
        ),
        (
            changed("seeds: [0, 1]", "evaluation: {paraphraser: {url: 'http://u:p@h/v1', model: m}}"),
            "url must hold no user, password, query or fragment",
        ),
    ],
)
def test_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CurriculumError) as error:
        load_curriculum(write(tmp_path, text))
    (line,) = str(error.value).splitlines()
    assert told in line


def test_confidence_takes_no_final(tmp_path: Path) -> None:
    text = changed("seeds: [0, 1]", "evaluation: {inquiries: [confidence]}")
    assert load_curriculum(write(tmp_path, text)).evaluation.inquiries == ("confidence",)


def test_paraphrase_takes_an_endpoint_and_a_domain_that_reasons(tmp_path: Path) -> None:
    asked = f"evaluation: {{inquiries: [paraphrase], paraphraser: {WHO}}}"
    found = load_curriculum(write(tmp_path, with_final("sums", "'So '").replace("seeds: [0, 1]", asked)))
    assert found.evaluation.paraphraser.model == "m"


def test_reasoning_takes_one_domain_that_reasons(tmp_path: Path) -> None:
    text = with_final("sums", "'So '").replace("seeds: [0, 1]", "evaluation: {inquiries: [reasoning]}")
    assert load_curriculum(write(tmp_path, text)).domains["sums"].final == "So "
