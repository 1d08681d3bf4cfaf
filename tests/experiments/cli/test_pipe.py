"""A reader of the output that ends before it has read all, as in ``stagewise report mine.yaml | head``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from experiments.cli import main as commands
from experiments.cli import session as sessions
from experiments.cli.main import INTERRUPTED
from experiments.cli.saving import saved_search
from tests.support.commands import STAGEWISE, TINY, environment, within
from tests.support.search_loop import QUIET, Nodes, finished, make_curriculum, make_job

pytestmark = pytest.mark.slow


def closed_pipe(*_: Any, **__: Any) -> None:
    """What rich does."""
    try:
        raise BrokenPipeError
    except BrokenPipeError:
        raise SystemExit(1)  # noqa: B904 - as it is there


def unreported(few_store: Path, tmp_path: Path) -> Path:
    """A copy of the store whose run has no page."""
    store = Path(shutil.copytree(few_store, tmp_path / "store"))
    for page in store.glob("*/report.html"):
        page.unlink()
    return store


def test_where_nobody_reads_on_a_run_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``stagewise run mine.yaml | head``: rich ends the process silently, as if a stage had failed."""
    monkeypatch.setattr("sys.argv", ["stagewise", "run", "mine.yaml"])
    with (
        pytest.raises(sessions.Interrupted) as stop,
        sessions.session(TINY, str(tmp_path / "store"), None, "inline", None, json=True),
    ):
        closed_pipe()
    assert (stop.value.command, stop.value.store) == ("stagewise run mine.yaml", str(tmp_path / "store"))


def test_a_closed_pipe_is_an_interruption_and_no_failed_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "app", lambda *given, **more: closed_pipe())
    monkeypatch.setattr("sys.argv", ["stagewise", "report", "mine.yaml"])
    with pytest.raises(SystemExit) as stop:
        commands.main()
    assert stop.value.code == INTERRUPTED


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
def test_the_page_is_there_though_nobody_reads(few: Path, few_store: Path, tmp_path: Path, json: tuple[str]) -> None:
    store = unreported(few_store, tmp_path)
    read, write = os.pipe()
    os.close(read)
    command = [STAGEWISE, "report", str(few), "--store", str(store), *json]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False)
    os.close(write)
    assert done.returncode == INTERRUPTED, done.stderr
    assert list(store.glob("*/report.html"))


def test_so_is_that_of_a_run(few: Path, few_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = unreported(few_store, tmp_path)
    monkeypatch.setattr("experiments.report.terminal.report.print_report", closed_pipe)
    done = within("run", few, "--store", store, "--executor", "inline")
    assert done.returncode == INTERRUPTED, done.stderr
    assert list(store.glob("*/report.html"))


def test_so_is_that_of_a_search(tmp_path: Path) -> None:
    job = make_job(tmp_path / "store", make_curriculum())
    with pytest.raises(SystemExit), saved_search(QUIET, job, finished(job, Nodes(), 2)) as written:
        assert written
        closed_pipe()
    assert list(tmp_path.glob("store/*/search.html"))


def test_so_is_that_of_two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"target": "1", "filtered_resps": ["1"], "resps": [["1"]], "exact_match": 1.0}
    samples = tmp_path / "base.jsonl"
    samples.write_text("".join(json.dumps({"doc_id": n, **row}) + "\n" for n in range(9)), "utf-8")
    monkeypatch.setattr("experiments.report.terminal.checkup.print_checkup", closed_pipe)
    done = within("measure", samples, samples, "--store", tmp_path / "runs")
    assert done.returncode == INTERRUPTED, done.stderr
    assert list(tmp_path.glob("runs/measured/*/measure.html"))
