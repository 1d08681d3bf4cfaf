"""`stagewise validate` of a file of domains alone, as `stagewise measure --domains` takes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import within

pytestmark = pytest.mark.slow

ALONE = """\
domains:
  capitals:
    kind: structured
    source: {type: file, path: capitals.jsonl}
    prompt: "{question}"
    options: choices
    rewards: [{type: exact}]
  tales: {kind: creative, source: {type: stories}, rewards: [{type: creative}]}
evaluation: {test: 12}
"""


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Beside ``alone.yaml``, in the working directory: the capitals."""
    monkeypatch.chdir(tmp_path)
    rows = [{"question": f"{at}?", "choices": ["Rome", "Oslo"], "answer": at % 2} for at in range(40)]
    (tmp_path / "alone.yaml").write_text(ALONE, "utf-8")
    file = tmp_path / "capitals.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def refused(*options: object) -> list[str]:
    """The lines of a refusal."""
    done = within("validate", "alone.yaml", *options, COLUMNS="200")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return [line.removeprefix("error: ") for line in done.stderr.strip().splitlines()]


@pytest.mark.usefixtures("data")
def test_it_is_validated_without_a_model() -> None:
    done = within("validate", "alone.yaml", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:3] == [
        "alone.yaml is valid for `stagewise measure`.",
        "  capitals (structured): 12 test items",
        "  tales (creative): 12 test items",
    ]
    told = within("validate", "alone.yaml", "--json", "--set", "evaluation.test=9").stdout
    assert json.loads(told)["test_items"] == {"capitals": 9, "tales": 9}


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (["--seeds", "0"], "--seeds: is about training"),
        (["--time"], "--time: is about training"),
        (
            ["--set", "evaluation.embedder.id=./gone"],
            "--set evaluation.embedder.id: evaluation.embedder: must be a folder that holds a model",
        ),
    ],
)
@pytest.mark.usefixtures("data")
def test_what_does_not_go_with_it_is_one_line(options: list[str], rule: str) -> None:
    (line,) = refused(*options)
    assert line.startswith(rule)


def test_bad_rows_are_told_five_at_once(data: Path) -> None:
    data.write_text(data.read_text("utf-8").replace('"answer": 1', '"answer": "Bern"'), "utf-8")
    lines = refused()
    assert len(lines) == 5
    for at, line in enumerate(lines):
        assert f"capitals.jsonl:{2 * at + 2}: domains.capitals.answer: the answer is none of the options" in line
    assert "15 more rows are bad. " in lines[-1]


@pytest.mark.usefixtures("data")
def test_a_curriculum_that_forgot_its_name_is_none(tmp_path: Path) -> None:
    (tmp_path / "alone.yaml").write_text(f"{ALONE}training: {{method: sft, steps: 2}}\n", "utf-8")
    (line,) = refused()
    assert "name: this key is required" in line
