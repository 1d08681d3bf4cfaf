"""`stagewise measure` on multiple choice: every option is read of a model that is here, and none of an endpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.analysis.cliffs.calibrated import BY_OPTIONS
from experiments.models.subjects.local import LocalModel
from tests.support.chat_server import chat_server
from tests.support.commands import within
from tests.support.given import DAMAGED, SOUND, taught
from tests.support.said import refuse

pytestmark = pytest.mark.slow
CHOICE = """\
domains:
  choice:
    kind: structured
    source: {type: file, path: choice.jsonl}
    options: choices
    rewards: [{type: exact}]
    decoding: greedy
    max_tokens: 4
evaluation: {validation: 4, test: 120, entropy_items: 4}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`before` knows which of a and b is right, and `after` always says a."""
    folder = tmp_path_factory.mktemp("choice")
    taught(folder / "before", SOUND)
    taught(folder / "after", DAMAGED, folder / "before")
    rows = [
        {"prompt": f"{name} {number}: ", "choices": ["a", "b"], "answer": "ab".index(answer)}
        for name, answer in SOUND.items()
        for number in range(100, 170)
    ]
    (folder / "choice.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "domains.yaml").write_text(CHOICE, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def there(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(place)


def measure(*arguments: str, store: Path) -> tuple[int, str, str]:
    done = within("measure", *arguments, "--domains", "domains.yaml", "--store", str(store), COLUMNS="160")
    return done.returncode, done.stdout, done.stderr


def test_a_model_that_forgot_half_of_it_chooses_by_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = measure("before", "after", "--json", store=tmp_path / "runs")
    assert code == 3, out + err
    found = json.loads(out)["domains"]["choice"]
    before, after = (each["readings"] for each in found["profiles"])
    assert before["acc_cc"]["interval"]["estimate"] == 1
    assert abs(after["acc_cc"]["interval"]["estimate"]) < 0.2
    assert found["difference"]["readings"]["acc_cc"]["interval"]["high"] < -0.7
    assert after["confidently_wrong"]["interval"]["estimate"] > 0.3
    assert after["ece"]["status"] == "ok"
    assert found["profiles"][1]["ece_null"] is not None
    assert found["profiles"][1]["reliability"] is not None
    (page,) = tmp_path.glob("runs/measured/*/measure.html")
    for told in ("choice above chance", "Brier over options", BY_OPTIONS.replace("'", "&#x27;")):
        assert told in page.read_text("utf-8").replace("\u00a0", " ")
    monkeypatch.setattr(LocalModel, "read", refuse)
    code, out, err = measure("before", "after", store=tmp_path / "runs")
    assert code == 3, err
    assert "choice: share of items whose likeliest option is right" in out


def test_answers_that_were_cut_are_told_with_what_to_raise(tmp_path: Path) -> None:
    code, out, err = measure("before", "--set", "domains.choice.max_tokens=1", store=tmp_path / "runs")
    assert code == 0, err
    told = "choice: 100 % of the answers were cut at max_tokens 1; raise domains.choice.max_tokens, or say by "
    assert f"Note: {told}" in " ".join(out.split())
    (page,) = tmp_path.glob("runs/measured/*/measure.html")
    assert told in page.read_text("utf-8").replace("\u00a0", " ")


def test_an_endpoint_cannot_be_read(tmp_path: Path) -> None:
    with chat_server(lambda body: SOUND[body["messages"][-1]["content"].split()[0]]) as (_, url):
        code, out, err = measure(f"{url}#far", "--json", store=tmp_path / "runs")
    assert code == 0, err
    readings = json.loads(out)["domains"]["choice"]["profiles"][0]["readings"]
    for name in ("acc_cc", "acc_cc_norm", "brier_mc", "brier", "ece"):
        assert readings[name]["status"] == "skipped"
        assert "endpoint" in readings[name]["reason"]


def test_an_option_that_the_model_cannot_take_is_named(place: Path, tmp_path: Path) -> None:
    (place / "long.jsonl").write_text(
        "".join(
            json.dumps({"prompt": f"left {n}: ", "choices": ["a", f"{n}" * 40], "answer": 0}) + "\n" for n in range(130)
        ),
        "utf-8",
    )
    file = place / "long.yaml"
    file.write_text(CHOICE.replace("choice.jsonl", "long.jsonl"), "utf-8")
    done = within("measure", "before", "--domains", "long.yaml", "--store", str(tmp_path / "runs"), COLUMNS="160")
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "domains.choice.options: with its prompt an option needs more tokens than the model takes, which" in line
