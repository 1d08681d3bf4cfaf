"""`stagewise measure` with questions about the answers, as a person types it: on request, and never twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.chat_server import chat_server
from tests.support.commands import within
from tests.support.given import SOUND, WORKED, taught, worked_sums
from tests.support.said import refuse

pytestmark = pytest.mark.slow
INQUIRIES = "inquiries: [reasoning, confidence, calculator], inquiry_items: 20"
ASKED = f"evaluation={{validation: 4, test: 24, entropy_items: 4, {INQUIRIES}}}"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    worked_sums(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def measure(*words):
    done = within("measure", *words, "--domains", "domains.yaml", COLUMNS="160")
    return done.returncode, done.stdout, done.stderr


def test_answers_are_asked_about_on_request_and_never_twice(monkeypatch, place) -> None:
    taught(place / "before", {"left": "1 + 4. So 5"}, steps=120)
    taught(place / "after", SOUND, place / "before", steps=20)
    plain = measure("before", "after", "--json")
    assert plain[0] in (0, 3), plain[2]
    readings = json.loads(plain[1])["domains"]["sums"]["profiles"][0]["readings"]
    assert readings["steps"]["reason"].startswith("not asked")
    # No terminal: what takes long is named as it begins.
    assert "before: sums (1 of 1), answers …" in plain[2]
    # The answers are there already.
    monkeypatch.setattr("experiments.worker.examine.examine", refuse)
    code, out, err = measure("before", "after", "--json", "--set", ASKED)
    assert code == plain[0], err
    found = json.loads(out)["domains"]["sums"]
    for profile in found["profiles"]:
        assert profile["faith"]["reason"]
        for name in ("steps", "reasoning_gain", "confidence_gap_p_true", "stated"):
            assert profile["readings"][name]["status"] in ("ok", "underpowered"), name
            assert profile["readings"][name]["items"] == 20, name
        # Its prompts hold one number, and its answers no sum.
        assert profile["readings"]["calculator_solvable"]["interval"]["estimate"] == 0
        assert "fits into `max_tokens`" in profile["readings"]["calculator_gain"]["reason"]
    assert found["difference"]["readings"]["reasoning_gain"]["interval"]["estimate"] is not None
    monkeypatch.setattr("experiments.models.subjects.given.Local.subject", refuse)
    code, out, err = measure("before", "after", "--set", ASKED)
    assert code == plain[0], err
    assert "Asked about its answers: Before: before" in out
    assert "gain by reasoning" in out
    page = max(place.glob("runs/measured/*/measure.html"), key=lambda file: file.stat().st_mtime).read_text("utf-8")
    assert "gain by reasoning" in page
    assert "reasoning gains nothing that is sure" in page


def test_an_endpoint_is_asked_what_it_can_be(place) -> None:
    def reply(body):
        return "90" if "How likely" in body["messages"][-1]["content"] else "One and four. So 5"

    with chat_server(reply) as (server, url):
        code, out, err = measure(f"{url}#far", "--json", "--set", ASKED)
        assert code == 0, err
        asked = server.asked
        assert measure(f"{url}#far", "--json", "--set", ASKED)[0] == 0
        assert server.asked == asked, "kept"
    readings = json.loads(out)["domains"]["sums"]["profiles"][0]["readings"]
    assert readings["confidence_gap_stated"]["interval"]["estimate"] == pytest.approx(-0.1)
    assert readings["steps"]["interval"]["estimate"] == 1
    for name in ("reasoning_gain", "filler_gap", "brier_p_true", "information_gain", "calculator_gain"):
        assert readings[name]["status"] == "skipped"
        assert "endpoint" in readings[name]["reason"]


def test_reasoning_takes_a_domain_that_says_how_its_answers_end(place) -> None:
    (place / "domains.yaml").write_text(WORKED.replace('    final: "So "\n', ""), "utf-8")
    code, _, err = measure("before", "--set", "evaluation.inquiries=[reasoning]")
    assert code == 2
    assert "no domain says with which text its answers come to their end" in err
    (line,) = err.strip().splitlines()
    assert "--set evaluation.inquiries" in line


def test_a_final_that_the_metric_does_not_read_is_refused(place) -> None:
    taught(place / "before", {"left": "5"}, steps=1)
    (place / "domains.yaml").write_text(WORKED.replace('"So "', '"It is not "'), "utf-8")
    code, _, err = measure("before")
    assert code == 2
    (line,) = err.strip().splitlines()
    assert "domains.sums.final" in line
    assert "must score 1" in line
