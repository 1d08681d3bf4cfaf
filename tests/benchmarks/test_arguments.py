"""Benchmarks say what they do when asked, and never take an option for a number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from benchmarks.arguments import arguments
from tests.support.paths import ROOT


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["benchmark.py", *words])


def test_words_are_given_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "3", "seeds=[0]")
    assert list(arguments("What it does.")) == ["3", "seeds=[0]"]


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_is_the_module_s_text(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(monkeypatch, "3", word)
    with pytest.raises(SystemExit) as ended:
        arguments("What it does.")
    assert ended.value.code == 0
    assert capsys.readouterr().out == "What it does.\n"


def test_another_option_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "--seeds", "3")
    with pytest.raises(SystemExit, match=r"^--seeds: is no option of this benchmark\. --help says what it takes\.$"):
        arguments("What it does.")


def test_an_option_that_it_has_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "--simulations", "3")
    assert list(arguments("What it does.", options=("--simulations",))) == ["--simulations", "3"]


def test_too_few_words_are_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "a")
    assert list(arguments("What it does.", 1)) == ["a"]
    with pytest.raises(SystemExit, match=r"^takes 2 words at least, got 1\. --help says which\.$"):
        arguments("What it does.", 2)


COMMANDS = sorted(
    file for file in (ROOT / "benchmarks").rglob("*.py") if '__name__ == "__main__"' in file.read_text("utf-8")
)


@pytest.mark.parametrize("file", COMMANDS, ids=lambda file: str(file.relative_to(ROOT / "benchmarks")))
def test_every_benchmark_asks_for_its_words(file: Path) -> None:
    """None begins hours of work when it is asked what it does."""
    text = file.read_text("utf-8")
    if "ArgumentParser(" not in text:
        assert "arguments(__doc__" in text
        assert "sys.argv" not in text
        promised = re.findall(r"\[(--\w+)", ast.get_docstring(ast.parse(text)) or "")
        assert not promised or "options=" in text, "what its first lines promise it takes"
