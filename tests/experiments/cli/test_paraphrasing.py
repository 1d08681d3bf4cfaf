"""A paraphraser behind an endpoint, as a person names it: on request, asked once, its key told to nobody else."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from curricula.loader import load_curriculum
from domains.errors import CurriculumError, DataError
from domains.example import Example
from experiments.cli.judging import judge_notes
from experiments.cli.ready import check_ready
from experiments.run import packages
from tests.support.chat_server import chat_server
from tests.support.commands import within
from tests.support.curriculum_text import changed, write
from tests.support.given import taught, worked_sums
from tests.support.paraphraser import honest, text_of
from tests.support.said import refuse

SECRET = "keep-me-out-of-everything"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    worked_sums(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("OUR_KEY", SECRET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def measure(*words, url=None, kinds="paraphrase"):
    asked = []
    if url:
        who = f"{{url: '{url}', model: m, key_env: OUR_KEY, patience: 0}}"
        asked = [f"inquiries: [{kinds}], inquiry_items: 20, paraphraser: {who}"]
    settings = f"evaluation={{{', '.join(['validation: 4', 'test: 24', 'entropy_items: 4', *asked])}}}"
    done = within("measure", *words, "--domains", "domains.yaml", "--set", settings, COLUMNS="160")
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_it_is_asked_on_request_and_once_and_one_that_is_down_loses_nothing(monkeypatch, place) -> None:
    taught(place / "model", {"left": "1 + 4. So 5"}, steps=120)
    assert measure("model")[0] == 0
    # The answers are there already, whatever becomes of the paraphraser.
    monkeypatch.setattr("experiments.worker.examine.examine", refuse)
    code, _, err = measure("model", url="http://127.0.0.1:1/v1", kinds="reasoning, paraphrase")
    assert code == 1
    (line,) = [line for line in err.splitlines() if "error:" in line]
    assert "no paraphrase could be had: the endpoint http://127.0.0.1:1/v1 (model m) did not answer" in line
    with chat_server(lambda body: text_of(body).replace("+", "and")) as (server, url):
        code, out, err = measure("model", "--json", url=url, kinds="reasoning, paraphrase")
        assert code == 0, err
        assert server.asked == 1, "the same reasoning is reworded once"
        assert {name.lower(): value for name, value in server.headers[0].items()}["authorization"] == f"Bearer {SECRET}"
        # What was asked before the paraphraser was down is not asked again.
        assert "reasoning of its answers" not in err
    readings = json.loads(out)["domains"]["sums"]["profiles"][0]["readings"]
    assert readings["paraphrased"]["interval"]["estimate"] == 1
    assert readings["paraphrase_gap"]["status"] in ("ok", "skipped")
    monkeypatch.setattr("experiments.models.subjects.given.Local.subject", refuse)
    code, out, err = measure("model", url=url, kinds="reasoning, paraphrase")
    assert code == 0, err
    assert "usable paraphrases" in out
    pages = [file.read_text("utf-8") for file in place.glob("runs/measured/*/measure.html")]
    assert any("usable paraphrases" in page for page in pages)
    kept = [file for file in (place / "runs").rglob("*") if file.is_file()]
    assert any("1 and 4." in file.read_text("utf-8") for file in kept if file.suffix == ".json")
    assert not any(SECRET.encode() in file.read_bytes() for file in kept)


@pytest.mark.slow
def test_without_reasoning_among_the_inquiries_the_page_says_that_nothing_gates_it(place) -> None:
    taught(place / "model", {"left": "1 + 4. So 5"}, steps=120)
    with chat_server(lambda body: text_of(body).replace("+", "and")) as (_, url):
        code, out, err = measure("model", url=url)
    assert code == 0, err
    assert "not gated: whether reasoning gains anything was not asked" in out.replace("\n", " ")
    (page,) = place.glob("runs/measured/*/measure.html")
    assert "not gated: whether reasoning gains anything was not asked" in page.read_text("utf-8")


def curriculum(folder: Path, who: str):
    """One whose domain `sums` reasons."""
    text = changed("seeds: [0, 1]", f"evaluation: {{inquiries: [paraphrase], paraphraser: {who}}}")
    file = write(folder, text.replace("sums:\n    kind: structured", "sums:\n    final: 'So '\n    kind: structured"))
    return load_curriculum(file), file


def test_a_key_that_is_not_set_is_one_line_before_anything_runs(tmp_path: Path, monkeypatch) -> None:
    found, file = curriculum(tmp_path, "{url: 'http://h/v1', model: m, key_env: OUR_KEY}")
    monkeypatch.delenv("OUR_KEY", raising=False)
    with pytest.raises(DataError, match="environment variable OUR_KEY must hold the key") as told:
        check_ready(found, file)
    assert "evaluation.paraphraser.key_env" in str(told.value)
    monkeypatch.setenv("OUR_KEY", SECRET)
    check_ready(found, file)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch) -> None:
    found, _ = curriculum(tmp_path, "{url: 'http://h/v1', model: m}")
    monkeypatch.setattr(packages, "is_missing", lambda module: module == "openai")
    with pytest.raises(CurriculumError, match="needs the package openai") as told:
        packages.check_packages(found)
    assert told.value.key == "evaluation.paraphraser.model"


def test_it_is_tried_before_anything_trains(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with chat_server(honest) as (server, url):
        found, file = curriculum(tmp_path, f"{{url: '{url}', model: m}}")
        items = [Example(prompt="?", answer=f"{at} + 13 = {at + 13}. So {at + 13}") for at in range(20, 30)]
        prepared = SimpleNamespace(curriculum=found, data={name: {"train": items} for name in found.domains})
        console = Console(file=io.StringIO())
        (note,) = judge_notes(prepared, file, [], console)
        assert note == "sums: the paraphraser: 3 of 3 paraphrases could be used. (3 questions, 30 tokens)"
        (again,) = judge_notes(prepared, file, [], console)
        assert again.endswith("(asked before)")
        assert server.asked == 3
