"""experiments/cli/preparing.py: what is shown while data are prepared, and where they are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

import curricula.loader
import domains.preparation.data_cache
import domains.preparation.prepare
from domains.errors import DataError
from experiments.analysis.assembly import build_report
from experiments.cli.preparing import Preparing, cache_of
from experiments.cli.session import prepare
from experiments.cli.validate import _print_data, validate
from experiments.report.html import render_html
from experiments.report.terminal.report import print_report
from experiments.store import Store
from tests.support.commands import variant
from tests.support.report import make_inputs


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "stagewise" / "prepared"


def test_a_store_that_is_there_is_looked_at_and_written_by_those_who_write(own: Path, tmp_path: Path) -> None:
    assert cache_of(None, writes=True).places == (own,)
    assert cache_of("s3://bucket/runs", writes=True).places == (own,)
    assert cache_of(str(tmp_path / "new"), writes=True).places == (own,)
    store = str(tmp_path / "store")
    Store.open(store)
    assert cache_of(store, writes=True).places == (tmp_path / "store" / "prepared", own)
    assert cache_of(store, writes=False).places == (own, tmp_path / "store" / "prepared")
    assert Store.open(store).runs() == []


def test_progress_is_shown_at_once_on_a_terminal_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    told = Preparing()
    told("maths: a.jsonl", 0.25)
    with told.shown(Console(force_terminal=True)):
        told("maths: [b].jsonl", 0.5)
    assert "Preparing maths: [b].jsonl: 50%" in capsys.readouterr().out
    with told.shown(Console(force_terminal=False)):
        told("maths: a.jsonl", 0.75)
    assert capsys.readouterr().out == ""


def test_a_log_hears_once_a_minute_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    told = Preparing()
    with told.shown(Console(force_terminal=False)):
        for second in range(150):
            now[0] = float(second)
            told("maths: [b].jsonl", second / 200)
    assert capsys.readouterr().out.splitlines() == [
        "Preparing maths: [b].jsonl: 30% …",
        "Preparing maths: [b].jsonl: 60% …",
    ]


@pytest.fixture
def curriculum(tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A domain from a file with one bad row; even small files are kept."""
    monkeypatch.setattr(
        domains.preparation.data_cache.Cache, "__init__", _keeps_all(domains.preparation.data_cache.Cache.__init__)
    )
    lines = [json.dumps({"prompt": f"item {i} = ", "answer": str(i)}) for i in range(80)]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines[:4], "no row", *lines[4:]]))
    stories = "source: {type: stories}\n    rewards: [{type: creative}]"
    source = "source: {type: file, path: a.jsonl}\n    on_bad_row: skip\n    rewards: [{type: exact}]"
    return variant(tmp_path, (stories, source))


def _keeps_all(real):  # type: ignore[no-untyped-def]
    def made(self, places, least=0):  # type: ignore[no-untyped-def]
        real(self, places, 0)

    return made


def test_the_next_command_does_not_prepare_again_and_says_the_same(
    curriculum: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare(curriculum, None)
    assert len(list(own.iterdir())) == 1
    real = domains.preparation.prepare._prepare

    def made_only(spec, *rest):  # type: ignore[no-untyped-def]
        assert spec.source.type == "reasoning_gym"
        return real(spec, *rest)

    monkeypatch.setattr(domains.preparation.prepare, "_prepare", made_only)
    second = prepare(curriculum, None)
    assert second.run == first.run
    assert second.data == first.data
    assert second.notes == first.notes


def test_validate_names_the_first_bad_row(curriculum: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _print_data(Console(width=500), prepare(curriculum, None))
    out = capsys.readouterr().out
    assert "Note: stories: 1 bad row skipped, the first: " in out
    assert "a.jsonl:5: source.path: each line must be JSON" in out


def test_validate_reads_the_curriculum_once(curriculum: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    real = curricula.loader.load_curriculum

    def counted(path, **given):  # type: ignore[no-untyped-def]
        read.append(path)
        return real(path, **given)

    def enough(*_: object) -> None:
        raise DataError("enough")

    monkeypatch.setattr(curricula.loader, "load_curriculum", counted)
    monkeypatch.setattr(domains.preparation.prepare, "_prepare", enough)
    with pytest.raises(DataError, match="enough"):
        validate(curriculum)
    assert read == [curriculum]


def test_the_report_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    note = "maths: 3 bad rows skipped, the first: a.jsonl:5: <no> row."
    report = build_report(replace(make_inputs(), data_notes=(note,)))
    assert report.data_notes == (note,)
    print_report(Console(width=500), report)
    assert f"Data: {note}" in capsys.readouterr().out
    assert "<li>maths: 3 bad rows skipped, the first: a.jsonl:5: &lt;no&gt; row.</li>" in render_html(report)
