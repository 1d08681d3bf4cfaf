"""Benchmarks say what they do when asked, and never take an option for a number."""

from __future__ import annotations

import pytest

from benchmarks.arguments import arguments


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
