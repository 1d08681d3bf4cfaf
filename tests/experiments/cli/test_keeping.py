"""What `resources.keep` keeps when a run has finished, and what validate says of disk and time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import TINY, begun, report_of, stable, within

pytestmark = pytest.mark.slow


def found(store: Path) -> dict[str, Any]:
    """The report but for what was written: there `keep` stands."""
    return stable({key: value for key, value in report_of(store).items() if key != "curriculum"})


def test_a_finished_run_frees_what_it_does_not_keep_and_reports_the_same(tiny_store: Path, tmp_path: Path) -> None:
    store = begun(tiny_store, tmp_path / "store", 1000)
    words = ("run", TINY, "--store", store, "--executor", "inline", "--set", "resources.keep=ends")
    done = within(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Freed" in done.stdout
    assert "nodes (`resources.keep: ends`)." in done.stdout
    freed = list(store.glob("nodes/*/freed.json"))
    assert freed
    assert not any(list(file.parent.glob("attempt-*")) for file in freed)
    assert len(list(store.glob("*/report.json"))) == 1
    assert found(store) == found(tiny_store)
    again = within(*words)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Freed 0 bytes: the weights of 0 nodes" in again.stdout
    assert found(store) == found(tiny_store)


def test_validate_says_how_much_room_the_weights_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    done = within("validate", TINY, "--store", tmp_path / "store", "--set", "resources.keep=best")
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Disk: ")]
    assert "for weights that are not there yet" in line
    assert line.endswith("at the end `resources.keep: best` frees what it does not keep.")
