"""Judges are tried before anything is trained: what they can tell is a note, and one that cannot be used is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from curricula.loader import load_curriculum
from domains.errors import DataError
from experiments.cli.judging import judge_notes
from experiments.cli.session import session
from experiments.cli.validate import validate
from experiments.run.job import prepare_data
from tests.support.chat_server import chat_server, shown
from tests.support.commands import variant


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "stagewise"


def told(file: Path) -> tuple[str, ...]:
    return judge_notes(prepare_data(load_curriculum(file), file), file, [], Console(file=io.StringIO()))


def judging(folder: Path, url: str) -> Path:
    judge = "rewards:\n      - {type: judge, url: '" + url + "', model: m, rubric: It is right.}"
    return variant(folder, ("rewards: [{type: exact}]", judge))


@pytest.mark.slow
def test_a_judge_that_cannot_tell_is_refused_with_its_line(tmp_path: Path, cache: Path) -> None:
    with chat_server(lambda body: "SCORE: 10") as (_, url):
        file = judging(tmp_path, url)
        with pytest.raises(DataError) as refused:
            told(file)
    written = next(at for at, text in enumerate(file.read_text("utf-8").splitlines(), 1) if "type: judge" in text)
    assert str(refused.value).startswith(
        f"{file}:{written}: domains.sorting.rewards[0].model: the judge gives 10 of 10 to an empty answer and 10 of 10 "
        "to the right one: it cannot be used as a reward, got 'm'. Take a stronger model"
    )
    assert not list(cache.rglob("*.json"))


@pytest.mark.slow
def test_every_command_refuses_it_and_writes_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with chat_server(lambda body: "SCORE: 10") as (_, url):
        file = judging(tmp_path, url)
        with pytest.raises(DataError, match="cannot be used as a reward"):
            validate(file, str(store))
        with (
            pytest.raises(DataError, match="cannot be used as a reward"),
            session(file, str(store), None, "inline", None, json=True),
        ):
            pass
    assert not store.exists()


@pytest.mark.slow
def test_one_that_can_is_noted_and_asked_once_for_all_commands(tmp_path: Path, cache: Path) -> None:
    with chat_server(lambda body: "SCORE: 8" if "\n| \n" not in shown(body) else "SCORE: 0") as (server, url):
        file = judging(tmp_path, url)
        (note,) = told(file)
        asked = server.asked
        (again,) = told(file)
        assert server.asked == asked > 0
    assert note.startswith("sorting: judge: the judge gives a garbled answer about as much as the right one")
    assert again == note.rpartition(" (")[0] + " (asked before)"
    assert list(cache.rglob("answers/*/*.json"))


def test_without_a_judge_nobody_is_asked(tmp_path: Path, cache: Path) -> None:
    file = variant(tmp_path)
    assert told(file) == ()
    assert not cache.exists()
